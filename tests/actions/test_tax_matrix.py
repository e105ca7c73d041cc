"""Each tax case: its account, its Kennzahl, its DATEV row, and the same cents everywhere.

The amounts are summed here once more, in whole cents and by nothing of the house's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from lxml import etree

from kontorhaus.banking import settings
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.invoicing import actions, queries
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.einvoice import cii
from kontorhaus.invoicing.making import letter, xml_invoice
from kontorhaus.invoicing.model import Content, Document, Line, NewDocument
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.receivables import actions as receivables
from kontorhaus.reports import queries as reports
from kontorhaus.reports.datev import queries as datev
from kontorhaus.runtime.work import Work

DAY = date(2026, 3, 2)
_SUMS = "SpecifiedTradeSettlementHeaderMonetarySummation"
ATU = "ATU12345675"


@dataclass(frozen=True)
class Case:
    """A tax case by what a person enters, and where it shall stand."""

    country: str
    regulation: str
    rate: str
    tax_case: str | None
    skr04: str
    skr03: str
    kennzahl: str
    category: str
    tax_number: str = ATU
    is_small: bool = False


CASES = {
    "19 %": Case("DE", "standard", "19", None, "4400", "8400", "81", "S"),
    "7 %": Case("DE", "standard", "7", None, "4300", "8300", "86", "S"),
    "0 % for photovoltaics": Case("DE", "standard", "0", "pv-zero", "4290", "8290", "87", "Z"),
    "exempt": Case("DE", "standard", "0", "exempt", "4100", "8100", "48", "E"),
    "exempt with input tax": Case(
        "DE", "standard", "0", "exempt-with-input", "4150", "8150", "43", "E"
    ),
    "export": Case("CH", "standard", "0", "export", "4120", "8120", "43", "G"),
    "service to a third country": Case("CH", "standard", "0", None, "4338", "8338", "45", "O"),
    "service to a third country, said": Case(
        "GB", "standard", "0", "third-country-service", "4338", "8338", "45", "", "O"
    ),
    "not taxable": Case("DE", "standard", "0", "not-taxable", "4339", "8339", "45", "O"),
    "domestic reverse charge": Case(
        "DE", "reverse-charge", "19", None, "4337", "8337", "60", "AE", "DE136695976"
    ),
    "service to the EU": Case("AT", "reverse-charge", "19", None, "4336", "8336", "21", "AE"),
    "reverse charge to a third country": Case(
        "CH", "reverse-charge", "19", None, "4338", "8338", "45", "", "O"
    ),
    "supply to the EU": Case("AT", "intra-community-supply", "7", None, "4125", "8125", "41", "K"),
    "small trader": Case("DE", "standard", "19", None, "4184", "8192", "48", "E", is_small=True),
}
SHAPES = {
    "net": {},
    "gross": {"price_layout": "gross"},
    "discount": {"discount_rate": Decimal("3.33")},
    "gross with discount": {"price_layout": "gross", "discount_rate": Decimal("7.5")},
}
# quantity and net price; the last one is a deduction
ENTERED = (("3", "33.33"), ("7", "9.99"), ("0.125", "0.123456"), ("1", "-12.34"))


def cents(amount: Fraction) -> int:
    """Half up, away from zero."""
    whole = int(abs(amount) * 200 + 1) // 2
    return whole if amount >= 0 else -whole


def expected(case: Case, shape: dict[str, object]) -> tuple[int, int]:
    """Net and tax in cents, by whole numbers and fractions alone."""
    untaxed = case.is_small or case.regulation != "standard"
    rate = Fraction(0 if untaxed else case.rate) / 100
    discount = Fraction(str(shape.get("discount_rate", 0))) / 100
    is_gross = "price_layout" in shape
    factor = 1 + rate if is_gross else 1
    shown = sum(
        Fraction(cents(Fraction(quantity) * Fraction(price) * factor), 100)
        for quantity, price in ENTERED
    )
    left = shown - Fraction(cents(shown * discount), 100)
    if is_gross:
        net = cents(left / (1 + rate))
        return net, int(left * 100) - net
    return int(left * 100), cents(left * rate)


def issued(work: Work, case: Case, shape: dict[str, object]) -> Document:
    customer = receivables.register_customer(
        work,
        details=PartyDetails(
            name="Große Bücher GmbH",
            address1="Große Bleichen 21",
            address2="20354 Hamburg",
            country_code=case.country,
            vat_id=case.tax_number,
            tax_id=case.tax_number,
        ),
    )
    lines = tuple(
        Line("Ware", Decimal(quantity), Decimal(price), None, Decimal(case.rate),
             tax_case=case.tax_case)
        for quantity, price in ENTERED
    )  # fmt: skip
    content = Content(DAY, None, lines, vat_regulation=case.regulation, **shape)
    new = NewDocument(
        "invoice",
        content,
        client_id=customer.public_id,
        finalized=True,
        said=frozenset({"price_layout"}),
    )
    return actions.create(work, new=new)


def rows(work: Work) -> list[tuple[int, str, str, str]]:
    """The booking rows of March: cents, side, revenue account, key."""
    export = datev.datev_export(work, start=DAY.replace(day=1), end=DAY.replace(day=31))
    found = []
    for line in export.content.decode("cp1252").splitlines()[2:]:
        columns = line.split(";")
        found.append(
            (int(columns[0].replace(",", "")), columns[1], columns[7], columns[8].strip('"'))
        )
    return found


@pytest.fixture(params=["SKR04", "SKR03"])
def chart(request: pytest.FixtureRequest, work: Work) -> str:
    if request.param != "SKR04":
        settings.change(work, changes={"chart": request.param})
    return request.param


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CASES)
def test_a_tax_case_has_the_same_cents_everywhere(work, chart, name, shape):
    case = CASES[name]
    identity.change_profile(work, changes={"small_trader": case.is_small})
    net, tax = expected(case, SHAPES[shape])
    document = issued(work, case, SHAPES[shape])
    assert (document.totals.net.minor, document.totals.tax.minor) == (net, tax)
    assert document.totals.gross.minor == net + tax
    account = case.skr04 if chart == "SKR04" else case.skr03
    assert ledger.balance(work, account=account).minor == -net
    assert ledger.balance(work, account=document.claim.account).minor == net + tax
    _check_files(work, document, case, net, tax)
    _check_reports(work, case, account, net, tax)
    cancelled = cancellation.cancel(work, public_id=document.public_id, reason=None)
    assert ledger.balance(work, account=account).minor == 0
    _check_cancellation(work, cancelled, net, tax)


def _check_files(work: Work, document: Document, case: Case, net: int, tax: int) -> None:
    frozen = queries.snapshot(work, document=document)
    shown = letter.compose(frozen)
    assert (shown.totals.net.minor, shown.totals.gross.minor) == (net, net + tax)
    assert sum(each.amount.minor for each in shown.totals.vat) == tax
    _check_xml(cii.write(xml_invoice.invoice(frozen)), case.category, net, tax)


def _check_xml(xml: bytes, category: str | None, net: int, tax: int) -> None:
    root = etree.fromstring(xml)

    def figure(name: str) -> int:
        found = root.findtext(
            f".//{{*}}SpecifiedTradeSettlementHeaderMonetarySummation/{{*}}{name}"
        )
        return int(Decimal(found or "0") * 100)

    assert figure("TaxBasisTotalAmount") == net
    assert figure("TaxTotalAmount") == tax
    assert figure("GrandTotalAmount") == figure("DuePayableAmount") == net + tax
    if category:
        path = ".//{*}ApplicableHeaderTradeSettlement/{*}ApplicableTradeTax/{*}CategoryCode"
        assert [found.text for found in root.iterfind(path)] == [category]


def _check_reports(work: Work, case: Case, account: str, net: int, tax: int) -> None:
    found = reports.vat_return_of(work, period="2026-03")
    assert {figure.number: figure.booked.minor for figure in found.figures} == {case.kennzahl: net}
    assert (found.booked.minor, found.unassigned) == (tax, ())
    booked = rows(work)
    assert sum(amount if side == '"S"' else -amount for amount, side, _, _ in booked) == net + tax
    # the account says the tax case; key 40 where DATEV would split the gross amount otherwise
    is_split = len(booked) > 1
    assert (booked[0][2], booked[0][3]) == (account, "40" if is_split else "")


def _check_cancellation(work: Work, document: Document, net: int, tax: int) -> None:
    frozen = queries.snapshot(work, document=document, kind="cancellation-pdf")
    shown = letter.compose(frozen)
    assert (shown.totals.net.minor, shown.totals.gross.minor) == (-net, -net - tax)
    _check_xml(cii.write(xml_invoice.invoice(frozen)), None, net, tax)
    assert openitems.open_items(work, kind="receivable") == []
    assert ledger.verify(work) == []


def test_several_rates_of_one_invoice_stand_apart(work):
    lines = tuple(
        Line("Ware", Decimal(1), Decimal(price), None, Decimal(rate), tax_case=tax_case)
        for price, rate, tax_case in (
            ("100.01", "19", None),
            ("50.03", "7", None),
            ("20.07", "0", "pv-zero"),
            ("10.09", "0", "exempt"),
        )
    )
    customer = receivables.register_customer(work, details=PartyDetails(name="A"))
    new = NewDocument(
        "invoice", Content(DAY, None, lines), client_id=customer.public_id, finalized=True
    )
    actions.create(work, new=new)
    found = reports.vat_return_of(work, period="2026-03")
    booked = {figure.number: figure.booked.minor for figure in found.figures}
    assert booked == {"81": 10001, "86": 5003, "87": 2007, "48": 1009}
    assert found.booked.minor == 1900 + 350
