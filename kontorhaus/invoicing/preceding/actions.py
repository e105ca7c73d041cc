"""Making an invoice final that refers to others: held, checked, and noted once it is booked."""

from __future__ import annotations

from kontorhaus.invoicing.model import Document, Totals
from kontorhaus.invoicing.preceding import rules, store
from kontorhaus.kernel.errors import Conflict
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.receivables import actions as receivables
from kontorhaus.receivables.model import BookedInvoice
from kontorhaus.runtime.work import Work


def hold(work: Work, *, document: Document, totals: Totals) -> None:
    """Let nobody else touch what an invoice refers to, and check that it may.

    Conflict: down_payment_open, changed_meanwhile, cancelled. Invalid("total").
    """
    if document.parent is None:
        return
    if document.content.form == "final":
        store.lock(work, parent_id=document.parent.public_id)
        _check_deductions(work, document.parent.public_id, totals)
    elif document.content.form == "credit-note":
        store.lock(work, parent_id=document.parent.public_id)
        _check_credit(work, document.parent.public_id, totals)


def _check_deductions(work: Work, parent_id: str, totals: Totals) -> None:
    partials = store.standing(work, parent_id=parent_id)
    if rules.deductions(partials) != totals.deductions:
        raise Conflict("changed_meanwhile", "The down payments have changed: try again.")
    rules.check_paid([each.number for each in partials if not each.is_paid])
    rules.check_payable(totals)


def _check_credit(work: Work, parent_id: str, totals: Totals) -> None:
    credited = store.credited(work, invoice_public_id=parent_id)
    if credited.is_cancelled:
        raise Conflict("cancelled", "The invoice was cancelled: nothing is left to give back.")
    rules.check_credit(totals.gross, credited.amount, credited.claimed)
    assert credited.invoice_id is not None, "a final invoice is a claim"
    invoice = claims.invoice(work, role="customer", invoice_id=credited.invoice_id)
    receivables.hold(work, invoice=invoice)


def note(work: Work, *, document: Document, booked: BookedInvoice) -> None:
    """Keep what was deducted; set a credit note off against what is left of its invoice."""
    if document.parent is None:
        return
    if document.content.form == "final":
        partials = store.standing(work, parent_id=document.parent.public_id)
        ids = [each.id for each in partials]
        store.insert(work, final_id=document.id, partial_ids=ids)
    elif document.content.form == "credit-note":
        credited = store.credited(work, invoice_public_id=document.parent.public_id)
        assert credited.invoice_id is not None, "a final invoice is a claim"
        receivables.set_off(work, invoice_id=credited.invoice_id, credit=booked)
