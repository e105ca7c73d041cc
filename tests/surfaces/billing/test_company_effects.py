"""What small trader, currency, rates and time zone of a company make of the documents after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from kontorhaus.runtime.resources import Resources
from tests.surfaces.billing.billing_api import CLIENT, LINES, PROFILE, Api, invoice

UBL = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
SENTENCE = "Kein Ausweis von Umsatzsteuer, da Kleinunternehmer gemäß § 19 UStG."


def texts(api: Api, document: Any, path: str) -> list[str]:
    """The texts of an XRechnung at a place."""
    xml = etree.fromstring(api("GET", f"/documents/{document['id']}/xml").content)
    return [str(found.text) for found in xml.iterfind(path, UBL)]


def sums(document: Any) -> tuple[Decimal, Decimal, Decimal]:
    return document["netAmount"], document["vatAmount"], document["totalAmount"]


@pytest.mark.parametrize("layout", ["net", "gross"])
def test_a_small_trader_charges_no_vat_on_any_line(api: Api, layout: str) -> None:
    taxed = invoice(api, priceLayout=layout)
    vat = {"smallTrader": True, "smallTraderDescription": SENTENCE}
    api.ok("PATCH", "/company", {"vat": vat})
    document = invoice(api, priceLayout=layout)
    assert sums(document) == (Decimal("119.80"), 0, Decimal("119.80"))
    # what was made before stays until it is changed
    assert sums(api.ok("GET", f"/documents/{taxed['id']}")) == sums(taxed)
    changed = api.ok("PATCH", f"/documents/{taxed['id']}", {"notes": "neu"})
    assert sums(changed) == sums(document)


def test_a_small_trader_says_why_in_category_e(api: Api) -> None:
    vat = {"smallTrader": True, "smallTraderDescription": SENTENCE}
    api.ok("PATCH", "/company", {"vat": vat})
    document = invoice(api, exportType="xrechnung", finalized=True)
    subtotal = "cac:TaxTotal/cac:TaxSubtotal/"
    assert texts(api, document, f"{subtotal}cac:TaxCategory/cbc:ID") == ["E"]
    assert texts(api, document, f"{subtotal}cbc:TaxAmount") == ["0.00"]
    assert texts(api, document, f"{subtotal}cac:TaxCategory/cbc:TaxExemptionReason") == [SENTENCE]
    assert set(
        texts(api, document, "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID")
    ) == {"E"}


def test_the_usual_rate_is_that_of_lines_that_name_none(api: Api) -> None:
    line = {"title": "Buch", "netPrice": 100}
    assert sums(invoice(api, lines=[line])) == (100, 19, 119)
    api.ok("PATCH", "/company", {"vat": {"rates": [19, 7, 0], "default": 7}})
    document = invoice(api, lines=[line])
    assert (sums(document), document["lines"][0]["vatRate"]) == ((100, 7, 107), 7)
    assert sums(invoice(api, lines=[{**line, "vatRate": 19}])) == (100, 19, 119)


def test_a_rate_may_be_named_that_is_not_among_the_companys(api: Api) -> None:
    api.ok("PATCH", "/company", {"vat": {"rates": [19], "default": 19}})
    document = invoice(api, lines=[{"title": "Buch", "netPrice": 100, "vatRate": 7}])
    assert sums(document) == (100, 7, 107)


@pytest.mark.parametrize(
    ("currency", "price", "total"), [("CHF", 49.90, "59.38"), ("JPY", 4990, "5938")]
)
def test_documents_are_in_the_currency_of_the_company(
    tenant: Callable[..., Api], currency: str, price: float, total: str
) -> None:
    api = tenant(replace(PROFILE, currency=currency))
    assert api.ok("GET", "/company")["currency"] == currency
    body = {
        "type": "estimate",
        "client": CLIENT,
        "lines": [{"title": "Hosting", "netPrice": price}],
    }
    estimate = api.ok("POST", "/documents", {**body, "finalized": True}, 201)
    assert (estimate["currency"], estimate["totalAmount"]) == (currency, Decimal(total))
    # the books are kept in euros, and an invoice is booked
    refused = api("POST", "/documents", {**body, "type": "invoice", "finalized": True})
    assert refused.status_code == 400
    assert "EUR" in refused.json()["error"]


def test_the_currency_of_documents_is_not_the_callers(api: Api) -> None:
    assert api("PATCH", "/company", {"currency": "CHF"}).status_code == 400
    draft = invoice(api)
    assert api("PATCH", f"/documents/{draft['id']}", {"currency": "CHF"}).status_code == 400


def test_a_document_without_a_date_is_of_today_where_the_company_is(
    api: Api, resources: Resources
) -> None:
    body = {"type": "estimate", "client": CLIENT, "lines": LINES}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        api.ok("PATCH", "/settings", {"timeZone": zone})
        before = resources.database.clock.now().astimezone(ZoneInfo(zone)).date()
        made = api.ok("POST", "/documents", body, 201)["date"]
        after = resources.database.clock.now().astimezone(ZoneInfo(zone)).date()
        assert made in (before.isoformat(), after.isoformat())
