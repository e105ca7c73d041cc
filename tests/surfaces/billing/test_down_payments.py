"""Partial and final invoices over HTTP: amounts, files, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from lxml import etree

from kontorhaus.invoicing.einvoice import validation
from tests.surfaces.billing.billing_api import Api, invoice

WORK = [
    {"title": "Ausbau, 1. Obergeschoss", "quantity": 1, "unit": "Pausch.", "netPrice": 1200},
    {"title": "Fachbuch", "quantity": 10, "netPrice": 18.60, "vatRate": 7},
]
_CBC = {"c": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"}


def order(api: Api, **more: Any) -> Any:
    return invoice(api, type="order-confirmation", finalized=True, **{"lines": WORK, **more})


def partial(api: Api, parent: Any, percent: Any = 30, **more: Any) -> Any:
    body = {"type": "invoice", "invoiceType": "partial", "percent": percent, "finalized": True}
    return api.ok("POST", f"/documents/{parent['id']}/convert", {**body, **more}, 201)


def pay(api: Api, document: Any) -> Any:
    change = {"paid": True, "paidDate": "2026-06-15"}
    return api.ok("PATCH", f"/documents/{document['id']}", change)


def final(api: Api, parent: Any, status: int = 201, **more: Any) -> Any:
    body = {"type": "invoice", "invoiceType": "final", "finalized": True, **more}
    return api.ok("POST", f"/documents/{parent['id']}/convert", body, status)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    found = " ".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    return found.replace("\u202f", " ").replace("\u2212", "-")


def test_a_partial_invoice_asks_for_a_share_of_each_rate(api: Api) -> None:
    whole = order(api)
    first = partial(api, whole, exportType="xrechnung")
    assert first["invoiceType"] == "partial"
    assert [(line["title"], line["netAmount"], line["vatRate"]) for line in first["lines"]] == [
        ("30 % Abschlag auf AB-2026-0001", Decimal("360.00"), 19),
        ("30 % Abschlag auf AB-2026-0001", Decimal("55.80"), 7),
    ]
    assert first["totalAmount"] == Decimal("488.11")
    xml = api("GET", f"/documents/{first['id']}/xml").content
    assert etree.fromstring(xml).findtext("c:InvoiceTypeCode", namespaces=_CBC) == "326"
    found = validation.validate(xml, "ubl", True)
    # a down payment comes before the supply, so that there is no day of it to tell
    assert [(each.rule, each.severity) for each in found] == [("BR-DE-TMP-32", "information")]
    assert "Abschlagsrechnung RE-2026-0001" in text_of(
        api("GET", f"/documents/{first['id']}/preview").content
    )
    done = api.ok("GET", f"/documents/{whole['id']}/chain")
    assert [line["invoiced"] for line in done["lines"]] == [0, 0]


@pytest.mark.parametrize("export_type", ["pdf", "factur-x", "xrechnung"])
def test_a_final_invoice_deducts_what_was_paid_before(api: Api, export_type: str) -> None:
    whole = order(api)
    first, second = (pay(api, partial(api, whole, percent)) for percent in (30, 12.5))
    last = final(api, whole, exportType=export_type, date="2026-07-01")
    assert last["totalAmount"] == Decimal("1627.02")
    assert [(each["number"], each["totalAmount"]) for each in last["downPayments"]] == [
        (first["number"], Decimal("428.40")),
        (first["number"], Decimal("59.71")),
        (second["number"], Decimal("178.50")),
        (second["number"], Decimal("24.88")),
    ]
    paid = Decimal("428.40") + Decimal("59.71") + Decimal("178.50") + Decimal("24.88")
    assert last["payableAmount"] == Decimal("1627.02") - paid
    kind = "preview" if export_type == "xrechnung" else "pdf"
    page = text_of(api("GET", f"/documents/{last['id']}/{kind}").content)
    assert f"Schlussrechnung {last['number']}" in page
    for said in (f"{first['number']} vom", "428,40", "24,88", "935,53"):
        assert said in page
    if export_type == "xrechnung":
        _check_xml(api("GET", f"/documents/{last['id']}/xml").content, first, second)


def _check_xml(xml: bytes, first: Any, second: Any) -> None:
    root = etree.fromstring(xml)
    assert root.findtext("c:InvoiceTypeCode", namespaces=_CBC) == "380"
    assert root.findtext(".//c:PrepaidAmount", namespaces=_CBC) == "691.49"
    assert root.findtext(".//c:PayableAmount", namespaces=_CBC) == "935.53"
    named = [found.text for found in root.iterfind(".//{*}BillingReference//c:ID", _CBC)]
    assert named == [first["number"], second["number"]]
    assert "brutto 428,40 EUR" in etree.tostring(root, encoding="unicode")
    assert validation.validate(xml, "ubl", True) == []


def test_a_final_invoice_follows_on_a_partial_one_too(api: Api) -> None:
    whole = order(api)
    first = pay(api, partial(api, whole))
    last = final(api, first)
    assert last["parentId"] == whole["id"]
    assert [line["title"] for line in last["lines"]] == ["Ausbau, 1. Obergeschoss", "Fachbuch"]
    assert {each["number"] for each in last["downPayments"]} == {first["number"]}


def test_what_is_not_paid_yet_is_not_deducted(api: Api) -> None:
    whole = order(api)
    first = partial(api, whole)
    draft = final(api, whole, finalized=False)
    assert draft["payableAmount"] == draft["totalAmount"] - first["totalAmount"]
    path = f"/documents/{draft['id']}"
    refused = api("PATCH", path, {"finalized": True})
    assert (refused.status_code, first["number"] in refused.json()["error"]) == (409, True)
    pay(api, first)
    assert api.ok("PATCH", path, {"finalized": True})["finalized"]


def test_a_cancelled_down_payment_is_not_deducted(api: Api) -> None:
    whole = order(api)
    first = partial(api, whole)
    api.ok("POST", f"/documents/{first['id']}/cancel")
    last = final(api, whole)
    assert last["downPayments"] == []
    assert last["payableAmount"] == last["totalAmount"]


def test_a_deducted_down_payment_is_cancelled_after_its_final_invoice_only(api: Api) -> None:
    whole = order(api)
    first = pay(api, partial(api, whole))
    last = final(api, whole)
    refused = api("POST", f"/documents/{first['id']}/cancel")
    assert (refused.status_code, last["number"] in refused.json()["error"]) == (409, True)
    api.ok("POST", f"/documents/{last['id']}/cancel")
    again = final(api, whole)
    assert again["payableAmount"] == last["payableAmount"]
    api.ok("POST", f"/documents/{again['id']}/cancel")
    assert api.ok("POST", f"/documents/{first['id']}/cancel")["cancelled"]


def test_a_down_payment_of_the_whole_leaves_nothing_to_pay(api: Api) -> None:
    whole = order(api)
    pay(api, partial(api, whole, 100))
    last = final(api, whole)
    assert last["payableAmount"] == 0
    assert api.ok("GET", f"/documents/{last['id']}")["paid"] is True
    assert api.ok("POST", f"/documents/{last['id']}/cancel")["cancelled"]


def test_down_payments_beyond_the_whole_are_refused(api: Api) -> None:
    whole = order(api)
    for _ in range(2):
        pay(api, partial(api, whole, 60))
    body = {"type": "invoice", "invoiceType": "final", "finalized": True}
    refused = api("POST", f"/documents/{whole['id']}/convert", body)
    assert refused.status_code == 400
    assert api.ok("GET", "/documents?type=invoice")["total"] == 2
