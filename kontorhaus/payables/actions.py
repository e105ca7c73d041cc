"""Vendors, and their invoices as debts."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import queries as contacts_of
from kontorhaus.contacts.model import Party
from kontorhaus.files import actions as files
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.kernel.ids import IncomingInvoiceId, IntentId, PartyId
from kontorhaus.ledger import charts
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems import rules as item_rules
from kontorhaus.openitems.model import InvoiceChange, RecordedInvoice
from kontorhaus.payables import rules, store
from kontorhaus.payables.model import IncomingInvoice
from kontorhaus.runtime.work import Work


def remove_vendor(work: Work, *, party_id: PartyId) -> Party:
    """Stop business with a vendor; NotFound: not_found, Conflict: has_open_invoices."""
    party = contacts.lock_in_role(work, party_id=party_id, role="vendor")
    if store.has_open(work, party_id=party_id):
        raise Conflict("has_open_invoices", "Invoices of this vendor are open or not yet booked.")
    return contacts.leave_role(work, party=party, role="vendor")


def record_invoice(work: Work, *, invoice: RecordedInvoice) -> IncomingInvoiceId:
    """Take in a vendor's invoice, or below zero its credit note; with a booking it is open.

    NotFound: vendor_not_found, document_not_found, intent_not_found. Invalid: totals_mismatch,
    intent_mismatch. Conflict: duplicate_invoice_number, intent_already_linked.
    """
    item_rules.check_totals(invoice)
    party = contacts.lock_active(work, party_id=invoice.party_id, role="vendor")
    if invoice.file_id:
        files.attach(work, file_id=invoice.file_id, day=invoice.invoice_date)
    invoice_id = IncomingInvoiceId(work.new_id())
    store.record(work, invoice_id=invoice_id, invoice=invoice, party_name=party.details.name)
    if invoice.intent_id:
        recorded = _held(work, invoice_id)
        store.update(work, invoice=_booked(work, recorded, invoice.intent_id))
    work.record(
        "payables.invoice_recorded",
        subject="incoming_invoice",
        subject_id=invoice_id,
        details={"number": invoice.number, "gross": invoice.gross.minor},
    )
    return invoice_id


def change_invoice(
    work: Work, *, invoice_id: IncomingInvoiceId, change: InvoiceChange
) -> IncomingInvoice:
    """An invoice after its booking, notes or due date were given.

    A booking is given once; another may follow when it was reversed. NotFound: not_found,
    intent_not_found. Invalid: no_changes, intent_mismatch. Conflict: intent_already_set,
    intent_already_linked.
    """
    item_rules.check_change(change)
    before = _held(work, invoice_id)
    after = replace(
        before,
        due_date=change.due_date if "due_date" in change.named else before.due_date,
        notes=change.notes if "notes" in change.named else before.notes,
    )
    if change.intent_id:
        item_rules.check_unbooked(before.intent_id, before.is_reversed)
        after = _booked(work, after, change.intent_id)
    elif after.intent_id and after.account and after.due_date != before.due_date:
        openitems.set_due_date(
            work, intent_id=after.intent_id, account=after.account, due_date=after.due_date
        )
    store.update(work, invoice=after)
    work.record(
        "payables.invoice_changed",
        subject="incoming_invoice",
        subject_id=invoice_id,
        details={"fields": ", ".join(sorted(change.named))},
    )
    return _held(work, invoice_id)


def _held(work: Work, invoice_id: IncomingInvoiceId) -> IncomingInvoice:
    """The invoice, nobody else's until the transaction ends."""
    store.lock(work, invoice_id=invoice_id)
    found = store.by_id(work, invoice_id=invoice_id)
    if found is None:
        raise NotFound("not_found", "There is no such invoice.")
    return found


def _booked(work: Work, invoice: IncomingInvoice, intent_id: IntentId) -> IncomingInvoice:
    """The invoice as a debt on a booking."""
    party = contacts_of.party(work, party_id=invoice.party_id)
    assert party.vendor_account is not None, "it was recorded for a vendor"
    debt = openitems.claim(
        work,
        item=rules.debt_of(invoice, account=party.vendor_account, intent_id=intent_id),
        collective=charts.KEY_ACCOUNTS[identity.settings(work).chart].payables,
    )
    return replace(invoice, intent_id=intent_id, account=debt.account)
