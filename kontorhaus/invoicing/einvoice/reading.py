"""Reading an invoice: the figures that an XML in UBL or CII states (EN 16931-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from kontorhaus.invoicing.einvoice import model, parsing
from kontorhaus.invoicing.einvoice.terms import Kind, Terms
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money

_KINDS: dict[str, Kind] = {"Invoice": "ubl", "CreditNote": "ubl", "CrossIndustryInvoice": "cii"}


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """Who sells or buys: name BT-27/44, vat_id BT-31/48."""

    name: str
    vat_id: str


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line: BT-126, 153, 129, 130, 146, 131, 151, 152 (None for O)."""

    id: str
    name: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    net: Money
    category: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class VatFigures:
    """One category and rate of the breakdown: BT-118, 119, 116, 117."""

    category: str
    rate: Decimal
    base: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Figures:
    """What an invoice states, whatever its syntax."""

    number: str
    issue_date: date
    type_code: str
    currency: str
    seller: PartyFigures
    buyer: PartyFigures
    lines: tuple[LineFigures, ...]
    vat: tuple[VatFigures, ...]
    totals: model.Totals


def read(xml: bytes) -> Figures:
    """The figures of an XML; Invalid("einvoice_unreadable") where it is no invoice."""
    root, refused = parsing.parsed(xml)
    if root is None:
        raise _unreadable(refused[0].message)
    kind = _KINDS.get(etree.QName(root).localname)
    if kind is None:
        raise _unreadable("It is neither UBL nor CII.")
    try:
        return _figures(Terms(root, kind))
    except (ValueError, InvalidOperation) as error:
        raise _unreadable("A day or an amount of it cannot be read.") from error


def _unreadable(reason: str) -> Invalid:
    return Invalid("einvoice_unreadable", f"This is no electronic invoice: {reason}")


def _figures(document: Terms) -> Figures:
    currency = document.value("BT-5")
    return Figures(
        number=document.value("BT-1"),
        issue_date=date.fromisoformat(document.value("BT-2")),
        type_code=document.value("BT-3"),
        currency=currency,
        seller=PartyFigures(document.value("BT-27"), document.value("BT-31")),
        buyer=PartyFigures(document.value("BT-44"), document.value("BT-48")),
        lines=tuple(_line(line, currency) for line in document.groups("BG-25")),
        vat=tuple(_vat(group, currency) for group in document.groups("BG-23")),
        totals=_totals(document, currency),
    )


def _line(line: Terms, currency: str) -> LineFigures:
    rate = line.value("BT-152")
    quantities = line.groups("BT-129")
    return LineFigures(
        id=line.value("BT-126"),
        name=line.value("BT-153"),
        quantity=line.number("BT-129"),
        unit_code=quantities[0].attribute("unitCode") if quantities else "",
        unit_price=line.number("BT-146"),
        net=Money.exact(line.number("BT-131"), currency),
        category=line.value("BT-151"),
        rate=Decimal(rate) if rate else None,
    )


def _vat(group: Terms, currency: str) -> VatFigures:
    return VatFigures(
        category=group.value("BT-118"),
        rate=group.number("BT-119"),
        base=Money.exact(group.number("BT-116"), currency),
        tax=Money.exact(group.number("BT-117"), currency),
    )


def _totals(document: Terms, currency: str) -> model.Totals:
    def amount(term: str) -> Money:
        return Money.exact(document.number(term), currency)

    def given(term: str) -> Money | None:
        return amount(term) if document.value(term) else None

    return model.Totals(
        lines=amount("BT-106"),
        allowances=given("BT-107"),
        charges=given("BT-108"),
        net=amount("BT-109"),
        tax=amount("BT-110"),
        gross=amount("BT-112"),
        prepaid=given("BT-113"),
        rounding=given("BT-114"),
        payable=amount("BT-115"),
    )
