"""Lets the documents of the demo be written, turned into the next ones, sent and cancelled."""

from __future__ import annotations

from datetime import date
from importlib import resources as package
from operator import attrgetter

from kontorhaus.app.demo.model import PlannedInvoice, PlannedOrder, PlannedStep
from kontorhaus.app.demo.stage import Stage, Written
from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing import artefacts, letterhead
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.chain import actions as chain
from kontorhaus.invoicing.chain import queries as chain_of
from kontorhaus.invoicing.chain.model import Conversion
from kontorhaus.invoicing.mailing import actions as mailing
from kontorhaus.invoicing.mailing import enclosures, wording
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.invoicing.model import Document, DocumentChange, MarkChange, NewDocument
from kontorhaus.invoicing.stationery import actions as stationery
from kontorhaus.kernel.money import Money
from kontorhaus.products import actions as products
from kontorhaus.runtime.work import begin

_PRICES = frozenset(("price_layout",))


def furnish(stage: Stage) -> None:
    """The letter paper with its logo, and the products."""
    office = stage.company.office
    drawn = package.files(__package__).joinpath("data", office.logo).read_bytes()
    logo = letterhead.read_logo(stage.resources, content=drawn)
    with begin(stage.resources.database, stage.caller) as work:
        stationery.change(work, changed=lambda _: office.paper)
        stationery.change_logo(work, logo=logo)
        for details in reversed(office.products):
            products.create(work, details=details)


def write(stage: Stage, written: Written, month: date) -> None:
    """The documents of a month, each on its day: invoices first, then what orders ask for."""
    invoices = [
        one for one in stage.company.invoices if one.content.document_date.replace(day=1) == month
    ]
    for invoice in invoices:
        stage.calendar.turn_to(invoice.content.document_date, 10)
        _keep(written, invoice.key, _issue(stage, written, invoice), invoice.gross)
    for invoice in invoices:
        if invoice.cancelled_on:
            stage.calendar.turn_to(invoice.cancelled_on, 9)
            _cancel(stage, public_id=written.documents[invoice.key])
    order = stage.company.order
    for step in sorted(order.steps, key=attrgetter("day")):
        if step.day.replace(day=1) == month:
            stage.calendar.turn_to(step.day, 11)
            _keep(written, step.key, _take(stage, written, order, step), step.gross)


def _keep(written: Written, key: str, document: Document, gross: Money | None) -> None:
    """Remember a document, which must amount to what was planned."""
    assert gross is None or document.totals.gross == gross, key
    written.documents[key] = document.public_id
    if document.claim is not None:
        assert document.number is not None, "a final document has a number"
        written.invoices[key] = document.number, document.claim


def _issue(stage: Stage, written: Written, planned: PlannedInvoice) -> Document:
    """An invoice: judged, finalized, and marked as sent."""
    new = NewDocument(
        type="invoice",
        content=planned.content,
        client_id=written.contacts[planned.customer],
        finalized=True,
        said=_PRICES,
    )
    verdict = artefacts.judge_new(stage.resources, stage.caller, new=new)
    sent = DocumentChange(
        fields=frozenset(("sent", "sentDate")),
        content=lambda content: content,
        sent=MarkChange(is_set=True, day=planned.content.document_date),
    )
    with begin(stage.resources.database, stage.caller) as work:
        document = invoicing.create(work, new=new, verdict=verdict)
        return invoicing.amend(work, public_id=document.public_id, change=sent)


def _cancel(stage: Stage, *, public_id: str) -> None:
    verdict = artefacts.judge_cancellation(stage.resources, stage.caller, public_id=public_id)
    with begin(stage.resources.database, stage.caller) as work:
        cancellation.cancel(work, public_id=public_id, reason="Doppelt berechnet", verdict=verdict)


def _take(stage: Stage, written: Written, order: PlannedOrder, step: PlannedStep) -> Document:
    """A step of an order: the estimate, or what follows on an earlier step."""
    if step.after is None:
        new = NewDocument(
            type=step.type,
            content=order.content,
            client_id=written.contacts[order.customer],
            finalized=True,
            said=_PRICES,
        )
        with begin(stage.resources.database, stage.caller) as work:
            document = invoicing.create(work, new=new)
    else:
        document = _convert(stage, written.documents[step.after], order, step)
    if step.is_mailed:
        _mail(stage, document)
    return document


def _convert(stage: Stage, parent: str, order: PlannedOrder, step: PlannedStep) -> Document:
    wish = Conversion(
        type=step.type,
        document_date=step.day,
        form=step.form,
        percent=step.percent,
        export_type=order.export_type if step.type == "invoice" else None,
        finalized=True,
    )
    with begin(stage.resources.database, stage.caller, read_only=True) as work:
        new = chain_of.converted(work, public_id=parent, conversion=wish)
    verdict = artefacts.judge_new(stage.resources, stage.caller, new=new)
    with begin(stage.resources.database, stage.caller) as work:
        return chain.convert(work, public_id=parent, conversion=wish, verdict=verdict)


def _mail(stage: Stage, document: Document) -> None:
    """Send a document with the usual letter; it waits until the server may send mail."""
    enclosed = enclosures.collect(stage.resources, stage.caller, public_id=document.public_id)
    with begin(stage.resources.database, stage.caller) as work:
        mailing.send(
            work,
            public_id=document.public_id,
            letter=wording.usual(document, sender=stage.company.profile.shown_name),
            enclosures=enclosed,
            post=posts.post(stage.resources.config),
        )
