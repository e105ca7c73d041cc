"""What happens to invoices of customers and vendors: entered, booked, changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import queries as contacts_of
from kontorhaus.contacts.model import Party, Role
from kontorhaus.files import actions as files
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.kernel.ids import IntentId, InvoiceId, PartyId
from kontorhaus.ledger import charts
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems.invoices import rules, store
from kontorhaus.openitems.invoices.model import (
    SIDES,
    Entry,
    Invoice,
    InvoiceChange,
    RecordedInvoice,
)
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Work


def enter(work: Work, *, role: Role, entries: Sequence[Entry]) -> None:
    """Keep invoices as they are; Conflict("duplicate_invoice_number")."""
    store.insert(work, role=role, entries=entries)


def enter_cancelling(
    work: Work, *, invoice: Invoice, invoice_id: InvoiceId, number: str, intent_id: IntentId
) -> None:
    """Keep the credit note of today that takes a customer's invoice back as a whole."""
    store.insert_cancelling(
        work, invoice=invoice, invoice_id=invoice_id, number=number, intent_id=intent_id
    )


def record(work: Work, *, role: Role, invoice: RecordedInvoice) -> InvoiceId:
    """Take in an invoice or credit note that was issued elsewhere; with a booking it is open.

    NotFound: customer_not_found, vendor_not_found, document_not_found, intent_not_found.
    Invalid: totals_mismatch, intent_mismatch, and invalid_input where a customer's is below zero.
    Conflict: duplicate_invoice_number, intent_already_linked.
    """
    if role == "customer":
        rules.check_amounts(invoice)
    rules.check_totals(invoice)
    party = contacts.lock_active(work, party_id=invoice.party_id, role=role)
    if invoice.file_id:
        files.attach(work, file_id=invoice.file_id, day=invoice.invoice_date)
    invoice_id = InvoiceId(work.new_id())
    unbooked = replace(invoice, intent_id=None)
    store.insert(work, role=role, entries=[Entry(invoice_id, unbooked, party.details.name)])
    if invoice.intent_id:
        recorded = _held(work, role, invoice_id)
        store.update(work, role=role, invoice=_booked(work, role, recorded, invoice.intent_id))
    work.record(
        f"{SIDES[role].area}.invoice_recorded",
        subject=SIDES[role].subject,
        subject_id=invoice_id,
        details={"number": invoice.number, "gross": changes.plain(invoice.gross)},
    )
    return invoice_id


def change(work: Work, *, role: Role, invoice_id: InvoiceId, change: InvoiceChange) -> Invoice:
    """An invoice after its booking, notes or due date were given.

    A booking is given once; another may follow when it was reversed. NotFound: not_found,
    intent_not_found. Invalid: no_changes, intent_mismatch. Conflict: intent_already_set,
    intent_already_linked.
    """
    rules.check_change(change)
    before = _held(work, role, invoice_id)
    after = rules.changed(before, change)
    if change.intent_id:
        rules.check_unbooked(before.intent_id, before.is_reversed)
        after = _booked(work, role, after, change.intent_id)
    elif after.intent_id and after.account and after.due_date != before.due_date:
        openitems.set_due_date(
            work, intent_id=after.intent_id, account=after.account, due_date=after.due_date
        )
    store.update(work, role=role, invoice=after)
    changed = _held(work, role, invoice_id)
    work.record(
        f"{SIDES[role].area}.invoice_changed",
        subject=SIDES[role].subject,
        subject_id=invoice_id,
        details=changes.between(before, changed),
    )
    return changed


def remove_party(work: Work, *, role: Role, party_id: PartyId) -> Party:
    """Stop business in a role; NotFound: not_found, Conflict: has_open_invoices."""
    party = contacts.lock_in_role(work, party_id=party_id, role=role)
    if store.has_open(work, role=role, party_id=party_id):
        raise Conflict("has_open_invoices", f"Invoices of this {role} are open or not yet booked.")
    return contacts.leave_role(work, party=party, role=role)


def _held(work: Work, role: Role, invoice_id: InvoiceId) -> Invoice:
    """The invoice, nobody else's until the transaction ends."""
    store.lock(work, role=role, invoice_id=invoice_id)
    found = store.by_id(work, role=role, invoice_id=invoice_id)
    if found is None:
        raise NotFound("not_found", "There is no such invoice.")
    return found


def _booked(work: Work, role: Role, invoice: Invoice, intent_id: IntentId) -> Invoice:
    """The invoice as a claim or debt on a booking."""
    account = contacts_of.party(work, party_id=invoice.party_id).account(role)
    assert account is not None, "it was recorded for a party of that role"
    accounts = charts.KEY_ACCOUNTS[identity.settings(work).chart]
    opened = openitems.claim(
        work,
        item=rules.item_of(invoice, role=role, account=account, intent_id=intent_id),
        collective=accounts.receivables if role == "customer" else accounts.payables,
    )
    return replace(invoice, intent_id=intent_id, account=opened.account)
