"""What customers see: the list of their invoices with what they owe, and one invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from kontorhaus.invoicing import queries as invoicing
from kontorhaus.invoicing.customers import queries
from kontorhaus.invoicing.customers.model import USUAL_TYPE, CustomerInvoice, Filter
from kontorhaus.invoicing.model import Snapshot
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.portal import transfer
from kontorhaus.surfaces.web.portal.auth import HOME
from kontorhaus.surfaces.web.portal.transfer import Transfer
from kontorhaus.surfaces.web.views.shell import Pages

ROWS = 15
_MOST_OPEN = 500
_MOST_WORDS = 3
_STATES = {
    "Paid": "paid",
    "Cancelled": "cancelled",
    "Refunded": "refunded",
    "Payment Pending": "pending",
}


@dataclass(frozen=True)
class Wanted:
    """The part of the list that an address names: `show` is open, paid or empty for all."""

    show: str
    type: str
    page: int

    @property
    def filter(self) -> Filter:
        """The same for the books."""
        status = {"open": "Unpaid", "paid": "Paid"}.get(self.show)
        return Filter(status=status, type=self.type or None)

    def href(self, path: str, page: int = 1) -> str:
        """An address with the same filters."""
        given = {"show": self.show, "type": self.type, "page": str(page) if page > 1 else ""}
        query = urlencode({name: text for name, text in given.items() if text})
        return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class Row:
    """One invoice of the list; `what` says in few words what it is for."""

    href: str
    pdf_href: str
    number: str
    day: date
    what: str
    state: str
    gross: Money


@dataclass(frozen=True)
class Owed:
    """What is to be paid: by how many invoices, the next one due on a day; and the credit."""

    amount: Money
    count: int
    due_day: date | None
    is_late: bool
    href: str
    credit: Money


@dataclass(frozen=True)
class ListPage:
    """The list; `first` to `last` of `total` rows are shown."""

    wanted: Wanted
    types: tuple[tuple[str, str], ...]
    owed: Owed
    rows: tuple[Row, ...]
    first: int
    last: int
    total: int
    pages: Pages
    archive_href: str
    has_any: bool


@dataclass(frozen=True)
class Paying:
    """What the customer's credit can do for an invoice.

    `usable` is what it would pay now, `left` what is to be transferred then; `applied` was paid by
    it before and may be taken back while `may_take_back`.
    """

    usable: Money
    left: Money
    applied: Money
    may_take_back: bool


@dataclass(frozen=True)
class InvoicePage:
    """One invoice."""

    href: str
    number: str
    state: str
    day: date
    due_day: date
    paid_on: date | None
    gross: Money
    remaining: Money
    balance: Money
    paid: Money
    paying: Paying
    transfer: Transfer | None
    paper: Snapshot
    toast: str
    complaint: str


def build_list(work: Work, *, party_id: PartyId, wanted: Wanted) -> ListPage:
    """A page of the customer's invoices, newest first."""
    skip = (wanted.page - 1) * ROWS
    found, total = queries.invoices(
        work, party_id=party_id, wanted=wanted.filter, limit=ROWS, offset=skip
    )
    types = queries.types(work, party_id=party_id)
    return ListPage(
        wanted=wanted,
        types=tuple((name, Wanted("", name, 1).href(HOME)) for name in types if name != USUAL_TYPE),
        owed=_owed(work, party_id),
        rows=tuple(_row(work, invoice) for invoice in found),
        first=skip + 1,
        last=skip + len(found),
        total=total,
        pages=Pages(
            wanted.href(HOME, wanted.page - 1) if wanted.page > 1 else "",
            wanted.href(HOME, wanted.page + 1) if total > skip + ROWS else "",
        ),
        archive_href=Wanted(wanted.show, wanted.type, 1).href(f"{HOME}/archive"),
        has_any=bool(types),
    )


def build_one(
    work: Work, *, party_id: PartyId, serial: int, toast: str = "", complaint: str = ""
) -> InvoicePage:
    """One of the customer's invoices; NotFound("not_found").

    `toast` names what was just done, `complaint` says why it was not.
    """
    found = queries.invoice(work, party_id=party_id, serial=serial)
    balance = credit.balance(work, party_id=party_id)
    document = invoicing.document(work, public_id=found.public_id)
    paper = invoicing.snapshot(work, document=document)
    zero = Money.zero(found.gross.currency)
    return InvoicePage(
        href=_href(found),
        number=found.number,
        state=_state(work, found),
        day=found.invoice_date,
        due_day=found.due_date,
        paid_on=found.paid_on,
        gross=found.gross,
        remaining=found.remaining,
        balance=balance,
        paid=found.gross - found.credit - found.remaining if found.is_open else zero,
        paying=_paying(found, balance),
        transfer=transfer.of(paper, found.remaining) if found.is_open else None,
        paper=paper,
        toast=toast,
        complaint=complaint,
    )


def _owed(work: Work, party_id: PartyId) -> Owed:
    unpaid, count = queries.invoices(
        work, party_id=party_id, wanted=Filter(status="Unpaid"), limit=_MOST_OPEN
    )
    following = min(unpaid, key=lambda invoice: invoice.due_date, default=None)
    return Owed(
        amount=queries.open_total(work, party_id=party_id),
        count=count,
        due_day=following.due_date if following else None,
        is_late=following is not None and following.due_date < work.today,
        href=_href(following) if following else "",
        credit=credit.balance(work, party_id=party_id),
    )


def _row(work: Work, invoice: CustomerInvoice) -> Row:
    return Row(
        href=_href(invoice),
        pdf_href=f"{_href(invoice)}/pdf",
        number=invoice.number,
        day=invoice.invoice_date,
        what=", ".join(_words(invoice)),
        state=_state(work, invoice),
        gross=invoice.gross,
    )


def _words(invoice: CustomerInvoice) -> Sequence[str]:
    """The types of the lines; the titles of those that have none."""
    words = dict.fromkeys(
        item.title if item.type == USUAL_TYPE else item.type for item in invoice.items
    )
    shown = list(words)[:_MOST_WORDS]
    return [*shown, "…"] if len(words) > _MOST_WORDS else shown


def _state(work: Work, invoice: CustomerInvoice) -> str:
    if invoice.status in _STATES:
        return _STATES[invoice.status]
    if invoice.due_date < work.today:
        return "overdue"
    return "partial" if invoice.remaining < invoice.gross else "open"


def _paying(invoice: CustomerInvoice, balance: Money) -> Paying:
    """Credit pays what is open, as far as it reaches; while something is, it can be taken back."""
    zero = Money.zero(invoice.gross.currency)
    is_payable = invoice.status == "Unpaid" and balance.currency == invoice.gross.currency
    usable = min(balance, invoice.remaining) if is_payable else zero
    return Paying(
        usable=usable,
        left=invoice.remaining - usable,
        applied=invoice.credit,
        may_take_back=invoice.is_open and bool(invoice.credit),
    )


def _href(invoice: CustomerInvoice) -> str:
    return f"{HOME}/invoices/{invoice.serial}"
