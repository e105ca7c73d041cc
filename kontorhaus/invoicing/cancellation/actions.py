"""Cancelling a final invoice: number, reversal, credit and the document that says so."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.invoicing import drafting, store
from kontorhaus.invoicing.cancellation import rules
from kontorhaus.invoicing.cancellation import store as cancellations
from kontorhaus.invoicing.cancellation.drafting import drafted
from kontorhaus.invoicing.model import Cancellation, Document, Verdict
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.preceding import store as preceding
from kontorhaus.ledger import actions as ledger
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.work import Work


def cancel(
    work: Work, *, public_id: str, reason: str | None, verdict: Verdict = drafting.NOT_JUDGED
) -> Document:
    """Take a final invoice back as a whole, dated today; what was paid is the customer's credit.

    `verdict` is what the rules said of the cancellation, for an e-invoice. NotFound("document");
    Conflict: not_an_invoice, not_final, cancelled, credit_note, deducted, credited, period_locked,
    changed_meanwhile; Invalid("einvoice") with its findings.
    """
    rules.check_cancellable(drafting.found(work, public_id=public_id))
    ledger.enter_period(work, booking_date=work.today)
    store.lock(work, public_id=public_id)
    document = drafting.found(work, public_id=public_id)
    rules.check_cancellable(document)
    _check_followers(work, document)
    snapshot = drafted(work, document=document)
    drafting.accept(snapshot, verdict)
    assert document.claim is not None, "a final invoice is a claim"
    invoice = claims.invoice(work, role="customer", invoice_id=document.claim.invoice_id)
    receivables.hold(work, invoice=invoice)
    drawn = series.draw(work, kind="cancellation", day=work.today, document_id=document.id)
    cancellation = Cancellation(
        number=drawn.number,
        cancelled_at=work.now,
        cancelled_date=work.today,
        reason=reason,
        paid_on=document.paid.day if document.paid else None,
        invoice_id=receivables.cancel_invoice(
            work, invoice=invoice, number=drawn.number, reason=reason
        ),
    )
    cancellations.insert(
        work,
        document_id=document.id,
        cancellation=cancellation,
        snapshot=replace(snapshot, number=drawn.number, finalized=True),
    )
    work.record(
        "invoicing.cancelled",
        subject="document",
        subject_id=document.id,
        details={"number": drawn.number, "reason": reason, **drawn.account},
    )
    work.enqueue("invoicing.render", public_id=public_id)
    return replace(document, cancellation=cancellation)


def _check_followers(work: Work, document: Document) -> None:
    """Nothing stands that builds on the invoice; what does is to be taken back before."""
    final = preceding.deducted_by(work, partial_id=document.id)
    rules.check_not_deducted(final)
    credited = preceding.credited(work, invoice_public_id=document.public_id)
    rules.check_not_credited(credited.first_number)
