"""Invoices: the list with its filters, and one invoice with its entry, its lines and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing import queries as invoicing
from kontorhaus.invoicing.cancellation import rules
from kontorhaus.invoicing.model import Content, Document, Filter, PricedLine, Snapshot
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money, total
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.model import JournalEntry
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.openitems.model import OpenItem
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.views import chain
from kontorhaus.surfaces.web.views.chain import Cancelled, Related
from kontorhaus.surfaces.web.views.shell import Pages

SHOWN = ("all", "open", "overdue", "draft")
ROWS = 50
_MOST_OPEN = 2000
_NEWEST = ("-document_date", "-created_at")
_FILTERS: Mapping[str, Filter] = {
    "all": Filter(type="invoice", order=_NEWEST),
    "open": Filter(type="invoice", finalized=True, paid=False, cancelled=False, order=_NEWEST),
    "draft": Filter(type="invoice", finalized=False, order=_NEWEST),
}
_FORMATS = {"pdf": "PDF", "factur-x": "Factur-X", "xrechnung": "XRechnung"}


@dataclass(frozen=True)
class InvoiceRow:
    """One line of the list; `state` is draft, open, partial, paid, overdue or cancelled."""

    href: str
    number: str
    customer: str
    day: date
    due_day: date | None
    days_overdue: int
    format: str
    gross: Money
    remaining: Money
    state: str


@dataclass(frozen=True)
class InvoiceList:
    """The page; `counts` by filter, `first` to `last` of `total` rows are shown."""

    show: str
    counts: Mapping[str, int]
    rows: tuple[InvoiceRow, ...]
    open_total: Money
    gross_sum: Money
    remaining_sum: Money
    first: int
    last: int
    total: int
    pages: Pages


@dataclass(frozen=True)
class EntryLine:
    """One event of the entry that belongs to the invoice."""

    number: int
    href: str
    debit: str
    credit: str
    tax: str
    amount: Money


@dataclass(frozen=True)
class Position:
    """One line of the invoice as it is printed."""

    title: str
    subtitle: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    amount: Money


@dataclass(frozen=True)
class TaxRow:
    """The tax of one rate."""

    rate: Decimal
    net: Money
    tax: Money


@dataclass(frozen=True)
class History:
    """Something that happened to the invoice: created, finalized, sent, paid or cancelled."""

    kind: str
    at: datetime | None
    day: date
    note: str = ""


@dataclass(frozen=True)
class FileLink:
    """A file to take along: `kind` is pdf, xml or preview; size in bytes, 0 if not made yet."""

    kind: str
    href: str
    size: int


@dataclass(frozen=True)
class InvoicePage:
    """The page of one invoice; `view` is entry or lines, `form` what it is among invoices."""

    number: str
    send_href: str
    state: str
    view: str
    customer: str
    customer_number: str
    customer_account: str
    customer_href: str
    day: date
    due_day: date | None
    days_overdue: int
    service_from: date | None
    service_to: date | None
    format: str
    gross: Money
    net: Money
    remaining: Money
    entry: tuple[EntryLine, ...]
    entry_hash: str
    positions: tuple[Position, ...]
    taxes: tuple[TaxRow, ...]
    history: tuple[History, ...]
    trail_href: str
    files: tuple[FileLink, ...]
    paper: Snapshot
    form: str
    cancelled: Cancelled | None
    related: tuple[Related, ...]
    cancel_href: str


@dataclass(frozen=True)
class _Standing:
    """How an invoice stands on a day."""

    state: str
    due_day: date | None
    days_overdue: int
    remaining: Money


def build_list(work: Work, *, show: str, page: int) -> InvoiceList:
    """A page of the invoices in a state; an unknown state shows what is open, if anything."""
    overdue = _overdue(work)
    counts = {name: _count(work, wanted) for name, wanted in _FILTERS.items()}
    counts["overdue"] = len(overdue)
    shown = show if show in SHOWN else "open" if counts["open"] else "all"
    skip = (page - 1) * ROWS
    if shown == "overdue":
        documents = overdue[skip : skip + ROWS]
    else:
        documents, _ = invoicing.documents(work, wanted=_FILTERS[shown], limit=ROWS, skip=skip)
    rows = tuple(_rows(work, documents))
    more = counts[shown] > skip + ROWS
    return InvoiceList(
        show=shown,
        counts=counts,
        rows=rows,
        open_total=total(
            age.amount for age in openitems.ageing(work, kind="receivable", on=work.today)
        ),
        gross_sum=total(row.gross for row in rows),
        remaining_sum=total(row.remaining for row in rows),
        first=skip + 1,
        last=skip + len(rows),
        total=counts[shown],
        pages=Pages(
            f"/invoices?show={shown}&page={page - 1}" if page > 1 else "",
            f"/invoices?show={shown}&page={page + 1}" if more else "",
        ),
    )


def build_one(
    work: Work,
    *,
    public_id: str,
    view: str,
    local: Callable[[datetime], datetime],
    may_change: bool,
) -> InvoicePage:
    """One invoice; NotFound("document")."""
    document = invoicing.document(work, public_id=public_id)
    content, totals = document.content, document.totals
    standing = _standing(work, document, _item(work, document))
    entries = (
        ledger.intent(work, intent_id=document.claim.intent_id).entries if document.claim else ()
    )
    return InvoicePage(
        send_href=f"/invoices/{public_id}/send",
        number=document.number or document.public_id,
        state=standing.state,
        view="lines" if view == "lines" or not entries else "entry",
        customer=content.client.name if content.client else "",
        customer_number=(content.client.client_number if content.client else None) or "",
        customer_account=document.claim.account if document.claim else "",
        customer_href=_customer_href(work, document),
        day=content.document_date,
        due_day=standing.due_day,
        days_overdue=standing.days_overdue,
        service_from=content.service_date,
        service_to=content.service_date_end,
        format=_FORMATS[content.export_type],
        gross=_signed(document),
        net=totals.net,
        remaining=standing.remaining,
        entry=tuple(_entry_line(entry) for entry in entries),
        entry_hash=entries[-1].event.hash.hex() if entries else "",
        positions=tuple(_position(line, content) for line in totals.lines),
        taxes=tuple(TaxRow(group.rate, group.net, group.tax) for group in totals.groups),
        history=tuple(_history(document, local)),
        trail_href=f"/settings/audit?subject=document&subject_id={document.id}",
        files=tuple(_files(work, document)),
        paper=invoicing.snapshot(work, document=document),
        form=content.form,
        cancelled=chain.cancelled(work, document),
        related=tuple(chain.related(document)),
        cancel_href=f"/invoices/{public_id}/cancel"
        if may_change and rules.is_cancellable(document)
        else "",
    )


def _customer_href(work: Work, document: Document) -> str:
    """The page of the customer; empty while nobody is known by it."""
    if document.claim is not None:
        claim = claims.invoice(work, role="customer", invoice_id=document.claim.invoice_id)
        return f"/customers/{claim.party_id}"
    client = document.content.client
    return f"/customers/{client.party_id}" if client and client.party_id else ""


def _rows(work: Work, documents: Sequence[Document]) -> Iterator[InvoiceRow]:
    intents = [document.claim.intent_id for document in documents if document.claim]
    items = openitems.of_intents(work, intent_ids=intents)
    for document in documents:
        standing = _standing(work, document, _known(items, document))
        yield InvoiceRow(
            href=f"/invoices/{document.public_id}",
            number=document.number or document.public_id,
            customer=document.content.client.name if document.content.client else "",
            day=document.content.document_date,
            due_day=standing.due_day,
            days_overdue=standing.days_overdue,
            format=_FORMATS[document.content.export_type],
            gross=_signed(document),
            remaining=standing.remaining,
            state=standing.state,
        )


def _signed(document: Document) -> Money:
    """What the document amounts to; below zero where it gives back."""
    gross = document.totals.gross
    return -gross if document.content.is_credit else gross


def _standing(work: Work, document: Document, item: OpenItem | None) -> _Standing:
    """A draft is due after the usual term; everything else follows from the open item."""
    if document.cancellation is not None:
        return _Standing("cancelled", None, 0, Money.zero(document.totals.gross.currency))
    if document.finalized_at is None or item is None:
        days = identity.settings(work).payment_days
        due_day = document.content.document_date + timedelta(days=days)
        state = "draft" if document.finalized_at is None else "open"
        return _Standing(state, due_day, 0, _signed(document))
    if not item.remaining:
        return _Standing("paid", item.due_date, 0, item.remaining)
    is_late = item.due_date and item.remaining.minor > 0
    late = max((work.today - item.due_date).days, 0) if is_late and item.due_date else 0
    state = "overdue" if late else "partial" if item.settled else "open"
    return _Standing(state, item.due_date, late, item.remaining)


def _overdue(work: Work) -> list[Document]:
    late = {
        item.intent_id
        for item in openitems.open_items(work, kind="receivable")
        if item.due_date and item.due_date < work.today
    }
    if not late:
        return []
    documents, _ = invoicing.documents(work, wanted=_FILTERS["open"], limit=_MOST_OPEN, skip=0)
    return [found for found in documents if found.claim and found.claim.intent_id in late]


def _count(work: Work, wanted: Filter) -> int:
    return invoicing.documents(work, wanted=wanted, limit=1, skip=0)[1]


def _item(work: Work, document: Document) -> OpenItem | None:
    if document.claim is None:
        return None
    return _known(openitems.of_intents(work, intent_ids=[document.claim.intent_id]), document)


def _known(items: Mapping[IntentId, OpenItem], document: Document) -> OpenItem | None:
    return items.get(document.claim.intent_id) if document.claim else None


def _entry_line(entry: JournalEntry) -> EntryLine:
    event, transfer = entry.event, entry.event.transfer
    return EntryLine(
        number=event.journal_number,
        href=f"/journal/{event.intent_id}",
        debit=f"{transfer.debit} {entry.debit_name}",
        credit=f"{transfer.credit} {entry.credit_name}",
        tax=transfer.tax_code or "",
        amount=transfer.amount,
    )


def _position(priced: PricedLine, content: Content) -> Position:
    line = priced.line
    gross = content.price_layout == "gross"
    price = line.gross_price if gross and line.gross_price is not None else priced.unit_shown
    return Position(
        title=line.title,
        subtitle=line.title2 or "",
        quantity=line.quantity,
        unit=line.unit or "",
        price=price,
        rate=priced.rate,
        amount=priced.shown,
    )


def _history(document: Document, local: Callable[[datetime], datetime]) -> Iterator[History]:
    """What the document itself remembers, newest first."""
    if document.cancellation:
        at = local(document.cancellation.cancelled_at)
        yield History("cancelled", at, at.date(), document.cancellation.reason or "")
    if document.paid:
        yield History("paid", None, document.paid.day, document.paid.notes or "")
    if document.sent:
        yield History("sent", None, document.sent.day, document.sent.notes or "")
    if document.finalized_at:
        at = local(document.finalized_at)
        yield History("finalized", at, at.date(), document.shown_number)
    at = local(document.created_at)
    yield History("created", at, at.date())


def _files(work: Work, document: Document) -> Iterator[FileLink]:
    for kind in artefacts.kinds(document):
        made = invoicing.artefact(work, document=document, kind=kind)
        href = f"/invoices/{document.public_id}/{kind}"
        yield FileLink(kind, href, made.size if made else 0)
