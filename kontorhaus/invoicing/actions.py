"""Writing a document, changing it, making it final."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from kontorhaus.invoicing import claim, drafting, quota, rules, store
from kontorhaus.invoicing.making import enclosing
from kontorhaus.invoicing.model import (
    Claim,
    Content,
    Document,
    DocumentChange,
    Mark,
    NewDocument,
    Snapshot,
    Verdict,
)
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.numbers.series import Drawn
from kontorhaus.invoicing.preceding import actions as preceding
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.ledger import actions as ledger
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Work


def create(work: Work, *, new: NewDocument, verdict: Verdict = drafting.NOT_JUDGED) -> Document:
    """A new document, final at once if asked.

    `verdict` is what the rules said of it before, for an e-invoice. NotFound("contact");
    Invalid("einvoice") with its findings; Conflict("number_taken"); Denied("document_quota").
    """
    quota.claim(work)
    content = drafting.started(work, new=new)
    parent = drafting.parent_of(work, new=new)
    snapshot = drafting.snapshot(
        work, content=content, document_type=new.type, number=new.number, parent=parent
    )
    drafting.accept(snapshot, verdict)
    if new.finalized and new.type == "invoice":
        enter_periods(work, content)
    document = drafting.document(work, snapshot, number=new.number)
    document = replace(document, parent=parent)
    store.insert(work, document=document)
    enclosing.keep(work, content=document.content)
    work.record(
        "invoicing.created",
        subject="document",
        subject_id=document.id,
        details={"public_id": document.public_id, "type": document.type},
    )
    return _finalize(work, document, snapshot) if new.finalized else document


def amend(
    work: Work, *, public_id: str, change: DocumentChange, verdict: Verdict = drafting.NOT_JUDGED
) -> Document:
    """A document after a change of its content, its marks or both, final if asked.

    NotFound("document"); Conflict("finalized") for a field that the state no longer allows;
    Conflict("changed_meanwhile") if it is no longer what was judged; Invalid as on creation.
    """
    before = drafting.found(work, public_id=public_id)
    _check_state(before, change)
    _prepare(work, before, change)
    held = document = _lock(work, public_id)
    _check_state(document, change)
    if change.finalized and document.revision != before.revision:
        raise drafting.changed_meanwhile()
    payment = _payment(work, document, change)
    if payment and payment != _payment(work, before, change):
        raise drafting.changed_meanwhile()
    if document.finalized_at is None:
        document = _rewrite(work, document, change, verdict)
    else:
        document = _marked(work, document, change)
        store.update(work, document=document)
    work.record(
        "invoicing.changed",
        subject="document",
        subject_id=document.id,
        details=changes.between(_said(held), _said(document)),
    )
    return document


def _check_state(document: Document, change: DocumentChange) -> None:
    if document.finalized_at is not None and change.finalized is False:
        raise Invalid("finalized", "A final document stays final.", field="finalized")
    rules.check_tier(change.fields, document)


def delete(work: Work, *, public_id: str) -> None:
    """Remove a draft; the audit trail keeps what it said. Conflict("finalized") if it is final."""
    document = _lock(work, public_id)
    if document.finalized_at is not None:
        raise Conflict("finalized", "A final document is kept: cancel it instead.")
    store.delete(work, document=document)
    work.record(
        "invoicing.deleted",
        subject="document",
        subject_id=document.id,
        details={"public_id": public_id, "snapshot": store.as_json(document)},
    )


def _said(document: Document) -> dict[str, object]:
    """What a change can change: the content field by field, the marks, the state."""
    content = {each.name: getattr(document.content, each.name) for each in fields(Content)}
    return content | {
        "number": document.number,
        "gross": document.totals.gross,
        "sent": document.sent,
        "paid": document.paid,
        "custom": document.custom,
        "finalized_at": document.finalized_at,
    }


def _lock(work: Work, public_id: str) -> Document:
    store.lock(work, public_id=public_id)
    return drafting.found(work, public_id=public_id)


def _rewrite(work: Work, document: Document, change: DocumentChange, verdict: Verdict) -> Document:
    """The draft with its new content and marks; final if that is asked."""
    content = drafting.completed(
        work,
        content=change.content(document.content),
        document_type=document.type,
        client_id=change.client_id,
    )
    snapshot = drafting.snapshot(
        work,
        content=content,
        document_type=document.type,
        number=document.number,
        parent=document.parent,
    )
    drafting.accept(snapshot, verdict)
    changed = _marked(
        work,
        replace(document, content=content, totals=snapshot.totals, revision=document.revision + 1),
        change,
    )
    store.update(work, document=changed)
    enclosing.keep(work, content=content)
    return _finalize(work, changed, snapshot) if change.finalized else changed


# --- what is entered before anything is locked: lockers of a period wait for those who are in it


def _prepare(work: Work, before: Document, change: DocumentChange) -> None:
    """Enter every period that the change will post in."""
    if change.finalized and before.finalized_at is None:
        if before.type == "invoice":
            paid = rules.marked(before.paid, change.paid, today=work.today, field="paid")
            enter_periods(work, change.content(before.content), *([paid.day] if paid else []))
        return
    payment = _payment(work, before, change)
    if payment is None or before.claim is None:
        return
    is_declared, day = payment
    if is_declared:
        ledger.enter_period(work, booking_date=day)
    else:
        receivables.enter_withdrawal(work, invoice_id=before.claim.invoice_id)


def _payment(work: Work, document: Document, change: DocumentChange) -> tuple[bool, date] | None:
    """Whether a change declares the payment of a claim or takes it back, and of which day."""
    paid = rules.marked(document.paid, change.paid, today=work.today, field="paid")
    mark = paid or document.paid
    if document.claim is None or mark is None or bool(paid) == bool(document.paid):
        return None
    return paid is not None, mark.day


def enter_periods(work: Work, content: Content, *more: date) -> None:
    """The periods of an invoice and of other days, in the order of time, after its tax month."""
    tax_date = rules.tax_date(content)
    if tax_date:
        ledger.hold_month(work, day=tax_date)
    for day in sorted({content.document_date, *more}):
        ledger.enter_period(work, booking_date=day)


# --- final


def _finalize(work: Work, document: Document, snapshot: Snapshot) -> Document:
    """Number, snapshot, claim: everything slow or refusable has happened before."""
    rules.check_final(document)
    preceding.hold(work, document=document, totals=snapshot.totals)
    party = claim.debtor(work, content=document.content) if document.type == "invoice" else None
    drawn = _number(work, document)
    frozen = replace(snapshot, number=drawn.number, finalized=True)
    booked = None
    if party is not None:
        booked = receivables.book_invoice(
            work, invoice=claim.issued(frozen, document_id=document.id, party=party)
        )
    final = replace(
        document,
        number=drawn.number,
        totals=frozen.totals,
        finalized_at=work.now,
        finalized_date=work.today,
        claim=Claim(booked.id, booked.intent_id, party.customer_account or "")
        if booked and party
        else None,
    )
    store.freeze(work, document=final, snapshot=frozen)
    if booked:
        preceding.note(work, document=final, booked=booked)
    if final.claim and final.paid:
        _declare_paid(work, final.claim, final.paid.day)
    work.record(
        "invoicing.finalized",
        subject="document",
        subject_id=document.id,
        details={"number": drawn.number, "type": document.type, **drawn.account},
    )
    work.enqueue("invoicing.render", public_id=document.public_id)
    # a credit note that was set off is settled at once
    return drafting.found(work, public_id=final.public_id) if final.content.is_credit else final


def _number(work: Work, document: Document) -> Drawn:
    """The number that was given, else the next one of the series."""
    if document.number:
        return Drawn(document.number, {})
    day = document.content.document_date
    return series.draw(work, kind=document.type, day=day, document_id=document.id)


# --- marks


def _marked(work: Work, document: Document, change: DocumentChange) -> Document:
    today = work.today
    paid = rules.marked(document.paid, change.paid, today=today, field="paid")
    if document.claim:
        _follow_payment(work, document.claim, document.paid, paid)
    return replace(
        document,
        paid=paid,
        sent=rules.marked(document.sent, change.sent, today=today, field="sent"),
        custom=rules.marked(document.custom, change.custom, today=today, field="customStatus"),
    )


def _follow_payment(work: Work, held: Claim, before: Mark | None, after: Mark | None) -> None:
    """Post what a changed paid mark means; its date follows the books once they say paid."""
    if after and not before:
        _declare_paid(work, held, after.day)
    elif before and not after:
        invoice = claims.invoice(work, role="customer", invoice_id=held.invoice_id)
        receivables.withdraw_payment(work, invoice=invoice)
    elif before and after and before.day != after.day:
        raise Conflict(
            "paid", "It is paid: the date of payment follows the books.", field="paidDate"
        )


def _declare_paid(work: Work, held: Claim, day: date) -> None:
    invoice = claims.invoice(work, role="customer", invoice_id=held.invoice_id)
    if not receivables.declare_paid(work, invoice=invoice, paid_on=day):
        raise Conflict("paid", "Nothing is open on this invoice.", field="paid")
