"""Customers, their invoices as claims, and payments that a user declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as banking_queries
from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import rules as party_rules
from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.identity import queries as identity
from kontorhaus.identity import rules as identity_rules
from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import IntentId, InvoiceId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import charts, personal_accounts
from kontorhaus.ledger.model import Posting
from kontorhaus.ledger.waiting import rules as waiting
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.invoices import actions as claims
from kontorhaus.openitems.invoices import queries as claims_of
from kontorhaus.openitems.invoices import rules as claim_rules
from kontorhaus.openitems.invoices.model import Entry, Invoice
from kontorhaus.openitems.model import NewItem, Settlement
from kontorhaus.receivables import rules, store
from kontorhaus.receivables.model import BookedInvoice, IssuedInvoice
from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules as tax


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
    changed = contacts.amend(work, party=party, details=details, vendor_account=vendor_account)
    return personal_accounts.rename_with(work, before=party, after=changed)


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
    return book_invoices(work, invoices=[invoice])[0]


def book_invoices(work: Work, *, invoices: Sequence[IssuedInvoice]) -> list[BookedInvoice]:
    """Post issued invoices and open their items, all of them or none; refusals as for one."""
    settings = identity.settings(work)
    accounts = [rules.revenue_accounts(each.groups, settings.chart) for each in invoices]
    postings = [
        _as_taxed(rules.invoice_posting(invoice, its), settings, is_advance=invoice.is_advance)
        for invoice, its in zip(invoices, accounts, strict=True)
    ]
    posted = ledger.post(work, postings=postings)
    ids = [InvoiceId(work.new_id()) for _ in invoices]
    entries = [
        Entry(
            invoice_id,
            rules.recorded(invoice, its, booked.intent_id),
            invoice.party_name,
            invoice.account,
            invoice.document_id,
        )
        for invoice_id, invoice, its, booked in zip(ids, invoices, accounts, posted, strict=True)
    ]
    claims.enter(work, role="customer", entries=entries)
    items = [
        claim_rules.item_of(
            entry.invoice,
            role="customer",
            account=invoice.account,
            intent_id=booked.intent_id,
            waits=_waits(posting),
        )
        for entry, invoice, posting, booked in zip(entries, invoices, postings, posted, strict=True)
    ]
    item_ids = openitems.open_items(work, items=items)
    return [
        BookedInvoice(invoice_id, booked.intent_id, item_id)
        for invoice_id, booked, item_id in zip(ids, posted, item_ids, strict=True)
    ]


def _waits(posting: Posting) -> bool:
    return any(tax.is_waiting(each.tax_code or "") for each in posting.transfers)


def _as_taxed(posting: Posting, settings: TenantSettings, *, is_advance: bool) -> Posting:
    """The posting of an invoice, its tax put off until payment where § 20 UStG holds.

    That of a down payment always arises with its receipt (§ 13 (1) no. 1 a sentence 4 UStG).
    """
    day = posting.tax_date or posting.booking_date
    if not is_advance and identity_rules.vat_method_on(settings, day) != "ist":
        return posting
    collective = charts.KEY_ACCOUNTS[settings.chart].receivables
    codes = tax.system_codes(settings.chart)
    return replace(posting, transfers=waiting.put_off(posting.transfers, codes, collective))


def hold(work: Work, *, invoice: Invoice) -> None:
    """Let nobody else settle or reverse an invoice, or move its customer's credit."""
    assert invoice.intent_id is not None, "an issued invoice is booked"
    openitems.lock(work, intent_id=invoice.intent_id, account=invoice.account)
    openitems.hold_intent(work, intent_id=invoice.intent_id)
    account = charts.KEY_ACCOUNTS[identity.settings(work).chart].customer_credit
    credit.hold(work, party_ids=[invoice.party_id], account=account)


def cancel_invoice(
    work: Work, *, invoice: Invoice, number: str, reason: str | None
) -> InvoiceId | None:
    """Reverse the booking of an invoice that is held, today, by a credit note of that number.

    What is left of the claim is set off; what was paid becomes the customer's credit. None where
    the booking had been reversed before. Conflict: period_locked, already_reversed.
    """
    if invoice.is_reversed:
        return None
    assert invoice.intent_id is not None, "an issued invoice is booked"
    claim = openitems.lock(work, intent_id=invoice.intent_id, account=invoice.account)
    posted = ledger.reverse(work, intent_id=invoice.intent_id, reason=reason)
    credit_id = InvoiceId(work.new_id())
    claims.enter_cancelling(
        work, invoice=invoice, invoice_id=credit_id, number=number, intent_id=posted.intent_id
    )
    item_id = openitems.open_item(
        work,
        item=NewItem(
            kind="receivable",
            account=claim.account,
            party_id=invoice.party_id,
            intent_id=posted.intent_id,
            amount=-claim.amount,
            item_date=work.today,
            due_date=work.today,
            reference=number,
            waits=claim.waits,
        ),
    )
    openitems.set_off(
        work, claim=claim, credit_id=item_id, intent_id=posted.intent_id, settled_on=work.today
    )
    note = openitems.lock(work, intent_id=posted.intent_id, account=claim.account)
    paid = min(claim.settled, -note.remaining)
    if paid.minor > 0:
        credit.take_over(work, item=note, amount=paid, kind="cancellation")
    return credit_id


def set_off(work: Work, *, invoice_id: InvoiceId, credit: BookedInvoice) -> None:
    """Let a new credit note settle what is left of an invoice that is held."""
    invoice = claims_of.invoice(work, role="customer", invoice_id=invoice_id)
    assert invoice.intent_id is not None, "an issued invoice is booked"
    claim = openitems.lock(work, intent_id=invoice.intent_id, account=invoice.account)
    openitems.set_off(
        work,
        claim=claim,
        credit_id=credit.open_item_id,
        intent_id=credit.intent_id,
        settled_on=work.today,
    )


def declare_paid(work: Work, *, invoice: Invoice, paid_on: date) -> Money:
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
    settlement = Settlement(posting, ((item, item.remaining),))
    posted = openitems.post(work, settlements=[settlement])[0]
    store.insert_declared(work, invoice_id=invoice.id, intent_id=posted.intent_id, paid_on=paid_on)
    return item.remaining


def enter_withdrawal(work: Work, *, invoice_id: InvoiceId) -> None:
    """Enter the periods in which a declared payment is taken back: nothing may be locked yet.

    Conflict: period_locked.
    """
    is_closed = False
    for day in store.declared_days(work, invoice_id=invoice_id):
        try:
            ledger.enter_period(work, booking_date=day)
        except Conflict:
            is_closed = True
    if is_closed:
        ledger.enter_period(work, booking_date=work.today)


def withdraw_payment(work: Work, *, invoice: Invoice) -> None:
    """Take back that an invoice was declared paid.

    Conflict("settled_by_bank") if it is the bank that settled it, or brought the money in transit.
    Conflict: period_locked.
    """
    assert invoice.intent_id is not None
    enter_withdrawal(work, invoice_id=invoice.id)
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
