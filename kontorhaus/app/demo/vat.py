"""The VAT prepayments of the demo (§ 18 (1) UStG), computed as the form does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from kontorhaus.app.demo.model import PlannedBooking, PlannedInvoice
from kontorhaus.invoicing import rules as invoicing
from kontorhaus.kernel.money import Money
from kontorhaus.tax import rules as tax

_OUTPUT = {"UST19": 19, "UST7": 7}


def payable(
    invoices: Sequence[PlannedInvoice], bookings: Sequence[PlannedBooking], chart: str
) -> dict[date, Money]:
    """What is to be paid for each month (its first day): output tax less input tax.

    The form takes whole euros of each base; self-assessed tax adds and takes off the same.
    """
    bases: dict[tuple[date, str], int] = defaultdict(int)
    input_tax: dict[date, int] = defaultdict(int)
    for invoice in invoices:
        _add_invoice(invoice, bases)
    _add_bookings(bookings, chart, bases, input_tax)
    return {
        month: Money(
            sum(bases[month, code] // 100 * rate for code, rate in _OUTPUT.items())
            - input_tax[month]
        )
        for month in sorted({month for month, _ in bases})
    }


def _add_invoice(invoice: PlannedInvoice, bases: dict[tuple[date, str], int]) -> None:
    day = invoicing.tax_date(invoice.content) or invoice.content.document_date
    for group in invoicing.totals(invoice.content, small_trader=False).groups:
        if group.tax_code in _OUTPUT:
            bases[day.replace(day=1), group.tax_code] += group.net.minor


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
