"""The VAT prepayments of the demo (§ 18 (1) UStG), computed as the form does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontorhaus.app.demo.model import BankLine, PlannedBooking, PlannedInvoice, PlannedOrder
from kontorhaus.invoicing import rules as invoicing
from kontorhaus.invoicing.model import TaxGroup
from kontorhaus.kernel.money import Money
from kontorhaus.tax import rules as tax

_OUTPUT = {"UST19": 19, "UST7": 7}
_ALL = Decimal(1)


@dataclass(frozen=True, slots=True)
class Turnover:
    """What counts as turnover on a day: the base of a tax code."""

    day: date
    tax_code: str
    base: Money


def invoiced(invoices: Iterable[PlannedInvoice], order: PlannedOrder) -> Iterator[Turnover]:
    """Turnover when it was supplied (§ 16 UStG), and down payments, paid in their month."""
    for invoice in invoices:
        if not invoice.cancelled_on:
            day = invoicing.tax_date(invoice.content) or invoice.content.document_date
            yield from _turnover(day, _groups(invoice), _ALL)
    groups = invoicing.totals(order.content, small_trader=False).groups
    for step in order.steps:
        if step.form == "partial" and step.percent:
            yield from _turnover(step.day, groups, step.percent / 100)


def received(
    invoices: Iterable[PlannedInvoice], order: PlannedOrder, payments: Iterable[BankLine]
) -> Iterator[Turnover]:
    """Turnover when it was paid (§ 20 UStG); a part of an invoice takes its part of the base."""
    claims = {invoice.key: (invoice.gross, _groups(invoice)) for invoice in invoices}
    groups = invoicing.totals(order.content, small_trader=False).groups
    claims |= {step.key: (step.gross, groups) for step in order.steps if step.gross}
    for line in payments:
        for key in line.settles:
            gross, its_groups = claims[key]
            paid = line.amount if len(line.settles) == 1 else gross
            yield from _turnover(line.day, its_groups, Decimal(paid.minor) / gross.minor)


def payable(
    turnover: Iterable[Turnover], bookings: Sequence[PlannedBooking], chart: str
) -> dict[date, Money]:
    """What is to be paid for each month (its first day): output tax less input tax.

    The form takes whole euros of each base; self-assessed tax adds and takes off the same.
    """
    bases: dict[tuple[date, str], int] = defaultdict(int)
    input_tax: dict[date, int] = defaultdict(int)
    for one in turnover:
        bases[one.day.replace(day=1), one.tax_code] += one.base.minor
    _add_bookings(bookings, chart, bases, input_tax)
    return {
        month: Money(
            sum(bases[month, code] // 100 * rate for code, rate in _OUTPUT.items())
            - input_tax[month]
        )
        for month in sorted({month for month, _ in bases})
    }


def _groups(invoice: PlannedInvoice) -> tuple[TaxGroup, ...]:
    return invoicing.totals(invoice.content, small_trader=False).groups


def _turnover(day: date, groups: Sequence[TaxGroup], share: Decimal) -> Iterator[Turnover]:
    for group in groups:
        if group.tax_code in _OUTPUT:
            yield Turnover(day, group.tax_code, Money.rounded(group.net.decimal * share))


def _add_bookings(
    bookings: Iterable[PlannedBooking],
    chart: str,
    bases: dict[tuple[date, str], int],
    input_tax: dict[date, int],
) -> None:
    codes = tax.system_codes(chart)
    for booking in bookings:
        month = booking.day.replace(day=1)
        for line in booking.lines:
            code = codes.get(line.tax_code or "")
            if code is None or code.self_assess_account or not code.rate:
                continue
            net, inside = tax.split_gross(line.amount, Decimal(code.rate))
            if code.code in _OUTPUT:
                bases[month, code.code] += net.minor
            else:
                input_tax[month] += inside.minor
