"""A document's snapshot as an electronic invoice, judged by the official rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kontorhaus.invoicing import rules
from kontorhaus.invoicing.einvoice import cii, ubl, validation
from kontorhaus.invoicing.einvoice import rules as einvoice
from kontorhaus.invoicing.making import xml_invoice
from kontorhaus.invoicing.model import Client, Content, Line, Seller, Snapshot
from kontorhaus.kernel.money import Money

SELLER = Seller(
    name="Nordlicht Hosting GmbH",
    shown_name="Nordlicht Hosting",
    name2="",
    country_code="DE",
    address=("Hafenstraße 7", "20457 Hamburg"),
    ceo="Greta Hansen",
    legal_lines=("Amtsgericht Hamburg, HRB 123456",),
    email="rechnung@nordlicht.example",
    phone="+49 40 1234567",
    contact_lines=(),
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    bank_name="Deutsche Kreditbank",
    payment_lines=(),
    tax_numbers=(("Steuernummer", "48/731/01234"), ("USt-IdNr.", "DE123456788")),
    currency="EUR",
    small_trader=False,
    small_trader_text="",
)
CLIENT = Client(
    name="Große Bücher GmbH",
    client_number="K-1042",
    address1="Große Bleichen 21",
    address2="20354 Hamburg",
    country_code="DE",
    email="einkauf@buecher.example",
)
TWO_RATES = (
    Line("Hosting S", Decimal(2), Decimal("49.90"), None, Decimal(19), unit="Monat"),
    Line("Buch", Decimal(1), Decimal("20.00"), None, Decimal(7)),
)


def snapshot(*, lines=TWO_RATES, client=CLIENT, seller=SELLER, **content) -> Snapshot:
    what = Content(date(2026, 3, 2), client, tuple(lines))
    what = rules.check_content(replace(what, **content), "invoice")
    return Snapshot(
        type="invoice",
        number="RE-2026-0001",
        finalized=True,
        is_test=False,
        content=what,
        totals=rules.totals(what, small_trader=seller.small_trader),
        seller=seller,
        due_date=date(2026, 3, 16),
    )


def line(price: str, rate: str, **more) -> Line:
    return Line("Leistung", Decimal(1), Decimal(price), None, Decimal(rate), **more)


ABROAD = {"email": "office@example.org", "client_number": "4711"}
AUSTRIA = Client(
    name="Wien OG",
    address1="Ring 1",
    address2="1010 Wien",
    country_code="AT",
    tax_number="ATU12345675",
    **ABROAD,
)
SWITZERLAND = Client(
    name="Zürich AG",
    address1="Gasse 1",
    address2="8001 Zürich",
    country_code="CH",
    tax_number="CHE123456788",
    **ABROAD,
)
SMALL = replace(
    SELLER,
    small_trader=True,
    small_trader_text="Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.",
)

CASES = {
    "two rates": snapshot(),
    "discount": snapshot(discount_rate=Decimal("7.5")),
    "deduction": snapshot(lines=(*TWO_RATES, line("-30", "19"))),
    "negative rate with discount": snapshot(
        lines=(*TWO_RATES, line("-30", "7")), discount_rate=Decimal(10)
    ),
    "six decimals": snapshot(lines=(line("0.123456", "19"),)),
    "gross price": snapshot(lines=(Line("Ware", Decimal(3), None, Decimal("9.99"), Decimal(19)),)),
    "period": snapshot(service_date=date(2026, 2, 1), service_date_end=date(2026, 2, 28)),
    "domestic reverse charge": snapshot(
        client=replace(CLIENT, tax_number="DE136695976"), vat_regulation="reverse-charge"
    ),
    "service to the EU": snapshot(client=AUSTRIA, vat_regulation="reverse-charge"),
    "service to Switzerland": snapshot(client=SWITZERLAND, vat_regulation="reverse-charge"),
    "supply to the EU": snapshot(
        client=AUSTRIA, vat_regulation="intra-community-supply", service_date=date(2026, 3, 1)
    ),
    "small trader": snapshot(seller=SMALL),
    "zero rate beside a rate": snapshot(
        lines=(line("100", "0", tax_case="pv-zero"), line("50", "19"))
    ),
    "two exemptions": snapshot(
        lines=(line("100", "0", tax_case="exempt"), line("50", "0", tax_case="exempt-with-input"))
    ),
    "export": snapshot(lines=(line("100", "0", tax_case="export"),), client=SWITZERLAND),
    "texts": snapshot(introduction="Guten Tag,\nwie besprochen:", notes="Danke & bis bald <3"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_tax_case_is_accepted_as_xrechnung(name):
    invoice = xml_invoice.invoice(CASES[name])
    assert einvoice.check(invoice, xrechnung=True) == []
    assert validation.validate(ubl.write(invoice), "ubl", True) == []


@pytest.mark.parametrize("name", CASES)
def test_every_tax_case_is_accepted_as_cii(name):
    invoice = xml_invoice.invoice(CASES[name])
    assert validation.validate(cii.write(invoice), "cii", False) == []


@pytest.mark.parametrize("discount", ["0", "3.33"])
def test_gross_prices_are_accepted_as_cii(discount):
    lines = (
        Line("Stuhl", Decimal(1), None, Decimal("349.00"), Decimal(19)),
        Line("Lampe", Decimal(3), None, Decimal("79.99"), Decimal(19)),
        Line("Kalender", Decimal(7), None, Decimal("24.80"), Decimal(7)),
    )
    what = snapshot(lines=lines, price_layout="gross", discount_rate=Decimal(discount))
    invoice = xml_invoice.invoice(what)
    assert einvoice.check(invoice, xrechnung=False, gross_prices=True) == []
    assert validation.validate(cii.write(invoice), "cii", False) == []


def test_a_net_price_times_its_quantity_makes_the_line_where_gross_prices_stand():
    lines = (
        Line("Stuhl", Decimal(30), None, Decimal("9.99"), Decimal(19)),
        Line("Lampe", Decimal("12345.678"), None, Decimal("0.123456"), Decimal(19)),
        Line("Regal", Decimal(1), None, Decimal("9.99"), Decimal(19)),
        Line("Retoure", Decimal(-3), None, Decimal("33.33"), Decimal(19)),
    )
    made = xml_invoice.invoice(snapshot(lines=lines, price_layout="gross"))
    for line in made.lines:
        assert Money.rounded(line.quantity * line.unit_price) == line.net
    assert [str(line.unit_price) for line in made.lines] == [
        "8.394958",
        "0.103745",
        "8.40",
        "28.008403",
    ]


@pytest.mark.parametrize(
    ("client", "field"),
    [
        (replace(CLIENT, client_number=None), "client.clientNumber"),
        (replace(CLIENT, email=None), "client.email"),
        (replace(CLIENT, country_code=None), "client.countryCode"),
        (replace(CLIENT, address2=None), "client.address3"),
        (None, "client.name"),
    ],
)
def test_what_an_xrechnung_lacks_is_named_by_its_field(client, field):
    found = einvoice.check(xml_invoice.invoice(snapshot(client=client)), xrechnung=True)
    assert field in [finding.field for finding in found]
