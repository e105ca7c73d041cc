"""References, delivery and payment over HTTP: what may be said, and where it stands."""

from __future__ import annotations

import io

import pikepdf
import pytest
from lxml import etree

from tests.surfaces.billing.billing_api import CLIENT, LINES, Api, invoice

DEBIT = {
    "type": "direct-debit",
    "mandate": "M-2026-17",
    "creditorId": "DE98 ZZZ0 9999 9999 99",
    "iban": "DE02 1203 0000 0000 2020 51",
}
STEPS = [{"days": 7, "percent": 3}, {"days": 14, "percent": 2}]
AGREED = {
    "buyerReference": "04011000-1234512345-06",
    "orderReference": "B-4711",
    "contractReference": "RV-8",
    "projectReference": "P-9",
    "despatchAdvice": "LS-7",
    "receivingAdvice": "WE-6",
    "deliveryAddress": {
        "name": "Lager Nord",
        "lines": ["Hafenstraße 1", "22761 Hamburg"],
        "countryCode": "DE",
    },
    "dueDate": "2026-04-01",
    "skonto": STEPS,
}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"buyerReference": "04011000-1234512345-07"}, "buyerReference"),
        ({"buyerReference": "x" * 201}, "buyerReference"),
        ({"orderReference": 4711}, "orderReference"),
        ({"contractReference": "x" * 201}, "contractReference"),
        ({"projectReference": "a\u0007"}, "projectReference"),
        ({"despatchAdvice": []}, "despatchAdvice"),
        ({"receivingAdvice": "x" * 201}, "receivingAdvice"),
        ({"deliveryAddress": {"lines": [], "countryCode": "DE"}}, "deliveryAddress.lines"),
        ({"deliveryAddress": {"lines": ["A"]}}, "deliveryAddress.countryCode"),
        ({"deliveryAddress": {"lines": ["A"], "countryCode": "d"}}, "deliveryAddress.countryCode"),
        ({"dueDate": "2026-03-01"}, "dueDate"),
        ({"dueDate": "2026-04-01", "paymentDays": 3}, "paymentDays"),
        ({"paymentDays": -1}, "paymentDays"),
        ({"skonto": [{"days": 7, "percent": 0}]}, "skonto[0].percent"),
        ({"skonto": [{"days": 7, "percent": 100}]}, "skonto[0].percent"),
        ({"skonto": [{"days": 7, "percent": 2}, {"days": 7, "percent": 1}]}, "skonto"),
        ({"skonto": [{"days": 7, "percent": 2}, {"days": 9, "percent": 2}]}, "skonto"),
        ({"skonto": [{"days": 30, "percent": 2}], "paymentDays": 29}, "skonto"),
        ({"skonto": [{"days": n, "percent": 9 - n} for n in range(1, 5)]}, "skonto"),
        ({"paymentMeans": {"type": "cash"}}, "paymentMeans.type"),
        ({"paymentMeans": {"type": "transfer", "iban": DEBIT["iban"]}}, "paymentMeans.iban"),
        ({"paymentMeans": {"type": "direct-debit"}}, "paymentMeans.mandate"),
        ({"paymentMeans": {**DEBIT, "mandate": "Ä"}}, "paymentMeans.mandate"),
        ({"paymentMeans": {**DEBIT, "creditorId": "DE99ZZZ09999999999"}}, "paymentMeans.creditor"),
        ({"paymentMeans": {**DEBIT, "iban": "DE03120300000000202051"}}, "paymentMeans.iban"),
        ({"syntax": "edifact"}, "syntax"),
        ({"profile": "basic"}, "profile"),
        ({"type": "estimate", "dueDate": "2026-04-01"}, "dueDate"),
        ({"type": "delivery-note", "skonto": STEPS}, "skonto"),
        ({"invoiceType": "credit-note", "paymentMeans": DEBIT}, "paymentMeans"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_its_field(api: Api, said, field) -> None:
    body = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES, **said}
    response = api("POST", "/documents", body)
    assert response.status_code == 400, response.text
    assert field in response.json()["error"]
    assert api.ok("GET", "/documents")["total"] == 0


def test_what_is_agreed_comes_back_and_is_cleared_by_null(api: Api) -> None:
    document = invoice(api, **AGREED)
    assert {name: document[name] for name in AGREED} == AGREED
    assert document["paymentMeans"]["type"] == "transfer"
    path = f"/documents/{document['id']}"
    changed = api.ok("PATCH", path, {"dueDate": None, "paymentDays": 0, "skonto": None})
    assert (changed["dueDate"], changed["paymentDays"], changed["skonto"]) == (None, 0, [])
    assert changed["orderReference"] == "B-4711"
    cleared = api.ok("PATCH", path, dict.fromkeys(AGREED))
    assert [cleared[name] for name in AGREED] == [None] * 8 + [[]]


def test_a_delivery_elsewhere_decides_whether_a_supply_is_intra_community(api: Api) -> None:
    body = {
        "client": {**CLIENT, "countryCode": "AT", "taxNumber": "ATU12345675"},
        "vatRegulation": "intra-community-supply",
        "exportType": "factur-x",
    }
    place = {"lines": ["Rue 1", "75001 Paris"], "countryCode": "FR"}
    assert invoice(api, **body, deliveryAddress=place)["totalAmount"]
    at_home = {"type": "invoice", "date": "2026-03-02", "lines": LINES, **body}
    at_home["deliveryAddress"] = {"lines": ["Weg 1", "20457 Hamburg"], "countryCode": "DE"}
    response = api("POST", "/documents", at_home)
    assert response.status_code == 422
    assert response.json()["details"][0]["rule"] == "BR-IC-12"


@pytest.mark.parametrize(("syntax", "root"), [("ubl", "Invoice"), ("cii", "CrossIndustryInvoice")])
def test_an_xrechnung_is_written_in_the_syntax_that_is_asked_for(api: Api, syntax, root) -> None:
    document = invoice(api, **AGREED, exportType="xrechnung", syntax=syntax, finalized=True)
    xml = api("GET", f"/documents/{document['id']}/xml").content
    tree = etree.fromstring(xml)
    assert etree.QName(tree).localname == root
    texts = [text.strip() for text in tree.itertext() if text.strip()]
    for said in ("04011000-1234512345-06", "B-4711", "RV-8", "P-9", "LS-7", "WE-6", "Lager Nord"):
        assert said in texts
    assert "#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#" in texts


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"skonto": STEPS}, "EXTENDED"),
        ({"skonto": STEPS, "profile": "en16931"}, "EN 16931"),
        ({"profile": "extended"}, "EXTENDED"),
        ({}, "EN 16931"),
    ],
)
def test_a_factur_x_is_as_rich_as_it_must_be(api: Api, said, level) -> None:
    document = invoice(api, exportType="factur-x", dueDate="2026-04-01", finalized=True, **said)
    content = api("GET", f"/documents/{document['id']}/pdf").content
    assert len(content) < 100_000
    with pikepdf.open(io.BytesIO(content)) as opened:
        metadata = opened.Root.Metadata.read_bytes().decode()
        xml = opened.attachments["factur-x.xml"].get_file().read_bytes().decode()
    assert f"<fx:ConformanceLevel>{level}</fx:ConformanceLevel>" in metadata
    has_figures = "<ram:ActualDiscountAmount>4.20</ram:ActualDiscountAmount>" in xml
    assert has_figures == (level == "EXTENDED" and "skonto" in said)


@pytest.mark.parametrize("syntax", ["ubl", "cii"])
def test_a_direct_debit_names_mandate_creditor_and_account(api: Api, syntax) -> None:
    document = invoice(
        api, paymentMeans=DEBIT, exportType="xrechnung", syntax=syntax, finalized=True
    )
    tree = etree.fromstring(api("GET", f"/documents/{document['id']}/xml").content)
    texts = list(tree.itertext())
    for said in ("59", "M-2026-17", "DE98ZZZ09999999999", "DE02120300000000202051"):
        assert said in texts
    cancelled = api.ok("POST", f"/documents/{document['id']}/cancel", {})
    assert cancelled["cancelled"] is True
