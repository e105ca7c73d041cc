"""The books of a hosting company's year: bookings as the API takes them, and as plain text.

Accounts of SKR04; 10001… are customers, 70001… vendors. A coded line is gross, as it is entered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from benchmarks.bench.hosting_model import Transaction, Year

# Rate and VAT account of the codes that are used.
CODES: dict[str, tuple[int, str | None]] = {
    "UST19": (19, "3806"),
    "VST19": (19, "1406"),
    "UST-3L": (0, None),
}
_ROOTS = {
    "0": "Assets:Anlagen",
    "1": "Assets:Umlauf",
    "2": "Equity:Kapital",
    "3": "Liabilities:Verbindl",
    "4": "Income:Erloese",
    "5": "Expenses:Material",
    "6": "Expenses:Betrieb",
    "7": "Expenses:Steuern",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Signed cents (debit positive) on an account; gross where a code splits them."""

    account: str
    amount: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking of the year."""

    day: date
    text: str
    reference: str
    lines: tuple[Line, ...]


def bookings(year: Year) -> list[Booking]:
    """All bookings by day and reference."""
    return sorted(_all(year), key=lambda each: (each.day, each.reference))


def _all(year: Year) -> Iterator[Booking]:
    names = {customer.number: customer.name for customer in year.customers}
    for invoice in year.invoices:
        account, code = ("4400", "UST19") if invoice.vat else ("4338", "UST-3L")
        gross, text = invoice.gross, f"Rechnung {invoice.number} {names[invoice.customer]}"
        lines = Line(str(invoice.customer), gross), Line(account, -gross, code)
        yield Booking(invoice.day, text, invoice.number, lines)
    for bill in year.bills:
        gross, code = bill.net + bill.vat, "VST19" if bill.vat else ""
        text = f"Eingangsrechnung {bill.number} {bill.vendor.name}"
        lines = Line(bill.vendor.account, gross, code), Line(str(bill.vendor.number), -gross)
        yield Booking(bill.day, text, "ER-" + bill.number, lines)
    invoices = {invoice.number: invoice for invoice in year.invoices}
    gross_of = {number: invoice.gross for number, invoice in invoices.items()}
    for found in year.transactions:
        of_customers = {n: str(invoices[n].customer) for n, _ in found.matches}
        taxed = {n for n, _ in found.matches if invoices[n].vat}
        lines = tuple(_payment(found, of_customers, gross_of, taxed))
        assert sum(line.amount for line in lines) == 0, found
        yield Booking(found.day, f"{found.kind} {found.name}", "B-" + found.id, lines)


def _payment(
    found: Transaction, accounts: dict[str, str], gross_of: dict[str, int], taxed: set[str]
) -> Iterator[Line]:
    """A bank transaction against what it pays, with discount, fee or small difference."""
    yield Line("1800", found.amount)
    if not found.matches:
        yield Line(found.account or "1370", -found.amount)
        return
    if found.kind in ("skonto", "fee", "wrong_amount"):
        number = found.matches[0][0]
        whole = found.amount + found.fee if found.kind == "fee" else gross_of[number]
        yield Line(accounts[number], -whole)
        rest = whole - found.amount
        if found.kind == "skonto":
            yield Line("4736", rest, "UST19") if number in taxed else Line("4730", rest, "UST-3L")
        else:
            yield Line("6855" if found.kind == "fee" else "6300", rest)
        return
    for number, amount in found.matches:
        yield Line(accounts[number], -amount)
    rest = sum(amount for _, amount in found.matches) - found.amount
    if rest:
        yield Line("6855", rest)


def split(gross: int, code: str) -> tuple[int, int]:
    """Net and tax of signed cents; halves are rounded away from zero."""
    whole = 100 + CODES[code][0]
    net = (abs(gross) * 200 + whole) // (2 * whole)
    net = net if gross > 0 else -net
    return net, gross - net


def posted(lines: Iterable[Line]) -> Iterator[tuple[str, int]]:
    """Account and signed cents of what the lines post: the net, then its tax."""
    for line in lines:
        if not line.code:
            yield line.account, line.amount
            continue
        net, tax = split(line.amount, line.code)
        yield line.account, net
        vat_account = CODES[line.code][1]
        if tax and vat_account:
            yield vat_account, tax


def sums(every: Iterable[Booking]) -> dict[str, tuple[int, int]]:
    """Debit and credit cents of each account, as the generator itself adds them up."""
    result: dict[str, list[int]] = {}
    for booking in every:
        for account, amount in posted(booking.lines):
            result.setdefault(account, [0, 0])[amount < 0] += abs(amount)
    return {account: (debit, credit) for account, (debit, credit) in result.items()}


def euros(cents: int) -> str:
    """Cents as euros with two digits."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def body(booking: Booking) -> str:
    """The body of POST /v1/bookings; amounts are written as text, since a float loses digits."""
    lines = ", ".join(_body_line(line) for line in booking.lines)
    return (
        f'{{"booking_date": "{booking.day:%Y-%m-%d}", "description": {_quoted(booking.text)},'
        f' "external_reference": {_quoted(booking.reference)}, "lines": [{lines}]}}\n'
    )


def _body_line(line: Line) -> str:
    code = f', "tax_code": {_quoted(line.code)}' if line.code else ""
    return (
        f'{{"account_number": {_quoted(line.account)}, "debit": {euros(max(line.amount, 0))},'
        f' "credit": {euros(max(-line.amount, 0))}{code}}}'
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def account_name(number: str) -> str:
    """An account as plain-text books call it."""
    if len(number) == 5:
        root = "Assets:Debitoren:D" if number[0] == "1" else "Liabilities:Kreditoren:K"
        return root + number
    return f"{_ROOTS[number[0]]}:S{number}"


def journal_entry(booking: Booking) -> str:
    """A booking as hledger and ledger read it."""
    text = booking.text.replace('"', "'").replace(";", ",").replace("|", "/")
    lines = "".join(
        f"    {account_name(account)}  {euros(amount)} EUR\n"
        for account, amount in posted(booking.lines)
    )
    return f"{booking.day:%Y-%m-%d} * ({booking.reference}) {text}\n{lines}\n"
