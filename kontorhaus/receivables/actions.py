"""Customers, their invoices as claims, and payments that a user declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as banking_queries
from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import rules as party_rules
from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import IntentId, OutgoingInvoiceId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Posting
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems.model import NewItem
from kontorhaus.receivables import rules, store
from kontorhaus.receivables.model import BookedInvoice, IssuedInvoice, OutgoingInvoice
from kontorhaus.runtime.work import Work


def register_customer(work: Work, *, details: PartyDetails, is_listed: bool = True) -> Party:
    """A new party with its customer account, and a vendor account if it has a creditor number.

    Invalid names the field; Conflict("client_number") if another contact has that number.
    """
    party_rules.check(details)
    account = ledger.open_personal_account(
        work, kind="customer", name=details.name, wanted=_wish(details.debtor_number)
    )
    vendor_account = _vendor_account(work, details) if details.creditor_number else None
    return contacts.create(
        work,
        details=details,
        customer_account=account,
        vendor_account=vendor_account,
        is_listed=is_listed,
    )


def amend_customer(
    work: Work, *, public_id: str, change: Callable[[PartyDetails], PartyDetails]
) -> Party:
    """A contact after a change; it becomes a vendor, too, with its first creditor number.

    NotFound("contact"); Conflict("client_number"), and Conflict("account_fixed") where the
    change asks for another personal account than the one that was given.
    """
    party = contacts.lock(work, public_id=public_id)
    details = party_rules.check(change(party.details))
    _check_wish(details.debtor_number, party.customer_account, "debtorNumber")
    if party.vendor_account:
        _check_wish(details.creditor_number, party.vendor_account, "creditorNumber")
    becomes_vendor = details.creditor_number is not None and party.vendor_account is None
    vendor_account = _vendor_account(work, details) if becomes_vendor else None
    return contacts.amend(work, party=party, details=details, vendor_account=vendor_account)


def _vendor_account(work: Work, details: PartyDetails) -> str:
    return ledger.open_personal_account(
        work, kind="vendor", name=details.name, wanted=_wish(details.creditor_number)
    )


def _wish(number: str | None) -> str | None:
    return number if party_rules.is_account_wish(number) else None


def _check_wish(number: str | None, account: str | None, field: str) -> None:
    if party_rules.is_account_wish(number) and number != account:
        raise Conflict(
            "account_fixed",
            f"The personal account is {account} and stays: postings name it.",
            field=field,
        )


def book_invoice(work: Work, *, invoice: IssuedInvoice) -> BookedInvoice:
    """Post an issued invoice and open its item.

    Invalid: vat_rate, nothing_to_post. Conflict: period_locked, duplicate_invoice_number.
    """
    accounts = rules.revenue_accounts(invoice.groups, identity.settings(work).chart)
    posted = ledger.post(work, postings=[rules.invoice_posting(invoice, accounts)])[0]
    lines = tuple(
        replace(line, account=accounts[line.tax_code].revenue) if line.tax_code else line
        for line in invoice.lines
    )
    invoice_id = OutgoingInvoiceId(work.new_id())
    store.insert(
        work,
        invoice_id=invoice_id,
        invoice=replace(invoice, lines=lines),
        intent_id=posted.intent_id,
    )
    item_id = openitems.open_item(
        work,
        item=NewItem(
            kind="receivable",
            account=invoice.account,
            party_id=invoice.party_id,
            intent_id=posted.intent_id,
            amount=invoice.gross if invoice.type == "invoice" else -invoice.gross,
            item_date=invoice.invoice_date,
            due_date=invoice.due_date,
            reference=invoice.number,
        ),
    )
    return BookedInvoice(invoice_id, posted.intent_id, item_id)


def declare_paid(work: Work, *, invoice: OutgoingInvoice, paid_on: date) -> Money:
    """Post what remains of an invoice as money in transit, and return how much that was.

    The bank line that brings it is later matched with this posting. Nothing happens if nothing
    remains. Conflict: period_locked.
    """
    assert invoice.intent_id is not None
    assert invoice.account is not None
    ledger.enter_period(work, booking_date=paid_on)
    item = openitems.lock(work, intent_id=invoice.intent_id, account=invoice.account)
    if not item.remaining:
        return item.remaining
    in_transit = charts.KEY_ACCOUNTS[identity.settings(work).chart].in_transit
    transfer = rules.declared_payment(invoice.number, item.account, item.remaining, in_transit)
    posting = Posting(
        booking_date=paid_on,
        description=f"Zahlung {invoice.number} · {invoice.party_name}"[:500],
        transfers=(transfer,),
        source="invoicing",
        external_reference=invoice.number,
    )
    posted = ledger.post(work, postings=[posting])[0]
    openitems.settle(
        work,
        item_id=item.id,
        amount=item.remaining,
        intent_id=posted.intent_id,
        settled_on=paid_on,
    )
    store.insert_declared(work, invoice_id=invoice.id, intent_id=posted.intent_id, paid_on=paid_on)
    return item.remaining


def withdraw_payment(work: Work, *, invoice: OutgoingInvoice) -> None:
    """Take back that an invoice was declared paid.

    Conflict("settled_by_bank") if it is the bank that settled it, or brought the money in transit.
    """
    assert invoice.intent_id is not None
    item = openitems.lock(work, intent_id=invoice.intent_id, account=invoice.account)
    declared = store.take_declared(work, invoice_id=invoice.id)
    if not declared and item.settled:
        raise _settled_by_bank()
    for intent_id in declared:
        if banking_queries.transactions_of_intent(work, intent_id=intent_id):
            raise _settled_by_bank()
        _reverse(work, intent_id)


def _settled_by_bank() -> Conflict:
    return Conflict(
        "settled_by_bank",
        "The bank has settled this invoice: undo the match there.",
        field="paid",
    )


def _reverse(work: Work, intent_id: IntentId) -> None:
    """Dated as the original if its period is open, else today."""
    reason = "Nicht mehr als bezahlt markiert"
    try:
        banking.reverse_intent(
            work, intent_id=intent_id, reason=reason, posting_mode="original_period"
        )
    except Conflict as refusal:
        if refusal.code != "period_locked":
            raise
        banking.reverse_intent(work, intent_id=intent_id, reason=reason)
