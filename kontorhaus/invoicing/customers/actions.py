"""What a customer does with its invoices: paying them with its credit, and taking that back.

pay(work, *, party_id, serial) -> CustomerInvoice
remove_credit(work, *, party_id, serial) -> CustomerInvoice
"""

from __future__ import annotations

from kontorhaus.invoicing import store as documents
from kontorhaus.invoicing.customers import rules, store
from kontorhaus.invoicing.customers.model import CustomerInvoice
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import PartyId
from kontorhaus.ledger import actions as ledger
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.openitems.invoices.model import Invoice
from kontorhaus.runtime.work import Work


def pay(work: Work, *, party_id: PartyId, serial: int) -> CustomerInvoice:
    """Pay an invoice with the customer's credit, as far as it reaches, dated today.

    NotFound: not_found. Conflict: nothing_open, no_credit, period_locked.
    """
    claim = _claim(work, party_id, serial)
    ledger.enter_period(work, booking_date=work.today)
    if not _held(work, party_id, serial).is_open or claim.intent_id is None:
        raise Conflict("nothing_open", "Nothing is open on this invoice.")
    credit.pay(work, intent_id=claim.intent_id, account=claim.account)
    return _seen(work, party_id, serial)


def remove_credit(work: Work, *, party_id: PartyId, serial: int) -> CustomerInvoice:
    """Take the credit that was applied to an unpaid invoice back into the customer's balance.

    Dated as it was applied, today where that period is closed. NotFound: not_found. Conflict:
    not_unpaid, no_credit_applied, period_locked.
    """
    claim = _claim(work, party_id, serial)
    assert claim.intent_id is not None, "an issued invoice is booked"
    credit.enter_removal(work, intent_id=claim.intent_id, account=claim.account)
    if not _held(work, party_id, serial).is_open:
        raise Conflict("not_unpaid", "Credit is only taken back from an unpaid invoice.")
    credit.remove(work, intent_id=claim.intent_id, account=claim.account)
    return _seen(work, party_id, serial)


def _claim(work: Work, party_id: PartyId, serial: int) -> Invoice:
    invoice_id = store.claim_of(work, party_id=party_id, serial=serial)
    if invoice_id is None:
        raise rules.not_found()
    return claims.invoice(work, role="customer", invoice_id=invoice_id)


def _held(work: Work, party_id: PartyId, serial: int) -> CustomerInvoice:
    """The invoice, which nobody else cancels or pays by credit until the end."""
    documents.lock(work, public_id=_seen(work, party_id, serial).public_id)
    return _seen(work, party_id, serial)


def _seen(work: Work, party_id: PartyId, serial: int) -> CustomerInvoice:
    found = store.by_serial(work, party_id=party_id, serial=serial)
    if found is None:
        raise rules.not_found()
    return found
