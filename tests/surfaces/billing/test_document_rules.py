"""Each prerequisite, tier and conflict of documents, one by one over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kontorhaus.kernel.period import Period
from kontorhaus.ledger.periods import actions as periods
from kontorhaus.runtime.resources import Resources
from tests.surfaces.billing.billing_api import CLIENT, LINES, PROFILE, Api, invoice

ABROAD = {**CLIENT, "address2": "1010 Wien", "countryCode": "AT"}
FREE = [{"title": "A", "netPrice": 1, "vatRate": 0}]
CONTENT: dict[str, Any] = {
    "date": "2026-03-03",
    "serviceDate": "2026-03-01",
    "serviceDateEnd": "2026-03-02",
    "serviceDateType": "service-date",
    "client": CLIENT,
    "clientId": "AbCdEf1234",
    "lines": LINES,
    "introduction": "x",
    "notes": "x",
    "language": "en",
    "priceLayout": "gross",
    "discountRate": 1,
    "vatRegulation": "reverse-charge",
    "exportType": "pdf",
    "finalized": True,
}
MARKS: dict[str, Any] = {
    "paid": True,
    "paidDate": "2026-03-04",
    "paidNotes": "x",
    "sent": True,
    "sentDate": "2026-03-04",
    "sentNotes": "x",
}
OWN_STATUS = {
    "customStatus": True,
    "customStatusDate": "2026-03-04",
    "customStatusName": "x",
    "customStatusNotes": "x",
}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in CLIENT.items() if name not in names}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"exportType": "factur-x", "client": without("countryCode")}, "client.countryCode"),
        ({"exportType": "xrechnung", "client": without("countryCode")}, "client.countryCode"),
        ({"exportType": "xrechnung", "client": without("email")}, "client.email"),
        ({"exportType": "xrechnung", "client": without("clientNumber")}, "client.clientNumber"),
        ({"exportType": "xrechnung", "client": without("address2")}, "client"),
        ({"exportType": "xrechnung", "priceLayout": "gross"}, "priceLayout"),
        ({"exportType": "factur-x", "lines": FREE}, "lines[0].taxCase"),
        ({"exportType": "xrechnung", "lines": FREE}, "lines[0].taxCase"),
        (
            {"exportType": "factur-x", "client": ABROAD, "vatRegulation": "reverse-charge"},
            "client.taxNumber",
        ),
        (
            {
                "exportType": "xrechnung",
                "client": ABROAD,
                "vatRegulation": "intra-community-supply",
            },
            "client.taxNumber",
        ),
        ({"vatRegulation": "intra-community-supply"}, "vatRegulation"),
    ],
)
def test_a_missing_prerequisite_is_422_naming_the_field(api: Api, change: Any, field: str) -> None:
    for is_final in (False, True):
        body = {"type": "invoice", "client": CLIENT, "lines": LINES, **change}
        answer = api("POST", "/documents", {**body, "finalized": is_final})
        assert answer.status_code == 422, answer.text
        named = {found["field"] or "" for found in answer.json()["details"]}
        assert any(each.startswith(field) for each in named), named
    draft = invoice(api)
    refused = api("PATCH", f"/documents/{draft['id']}", change)
    assert refused.status_code == 422
    assert api.ok("GET", f"/documents/{draft['id']}") == draft


@pytest.mark.parametrize("export_type", ["factur-x", "xrechnung"])
def test_an_e_invoice_needs_the_ids_of_the_company(
    tenant: Callable[..., Api], export_type: str
) -> None:
    api = tenant(replace(PROFILE, tax_numbers=()))
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "exportType": export_type}
    answer = api("POST", "/documents", body)
    assert answer.status_code == 422
    assert "BR-CO-26" in {found["rule"] for found in answer.json()["details"]}
    assert invoice(api, finalized=True)["number"] == "RE-2026-0001"


@pytest.mark.parametrize("field", CONTENT)
def test_a_final_document_keeps_every_field_of_its_content(api: Api, field: str) -> None:
    made = invoice(api, finalized=True)
    path = f"/documents/{made['id']}"
    assert api("PATCH", path, {field: CONTENT[field]}).status_code == 409
    assert api("PATCH", path, {field: CONTENT[field], **OWN_STATUS}).status_code == 409
    assert api.ok("GET", path) == made


@pytest.mark.parametrize("field", [*CONTENT, *MARKS])
def test_a_cancelled_invoice_takes_its_own_status_alone(api: Api, field: str) -> None:
    made = invoice(api, finalized=True)
    path = f"/documents/{made['id']}"
    made = api.ok("POST", f"{path}/cancel")
    value = (CONTENT | MARKS)[field]
    assert api("PATCH", path, {field: value}).status_code == 409
    assert api.ok("GET", path) == made
    assert api.ok("PATCH", path, OWN_STATUS)["customStatusName"] == "x"


@pytest.mark.parametrize("field", ["type", "number", "currency", "id", "createdAt", "cancelled"])
@pytest.mark.parametrize("is_final", [False, True])
def test_what_a_document_is_cannot_be_changed(api: Api, field: str, is_final: bool) -> None:
    made = invoice(api, finalized=is_final)
    path = f"/documents/{made['id']}"
    assert api("PATCH", path, {field: made[field]}).status_code == 400
    assert api.ok("GET", path) == made


@pytest.mark.parametrize(
    "marks",
    [
        {"paidDate": "2026-03-04"},
        {"paidNotes": "x"},
        {"sentDate": "2026-03-04"},
        {"sentNotes": "x"},
        {"customStatusDate": "2026-03-04"},
        {"customStatusName": "x"},
        {"customStatusNotes": "x"},
        {"paid": False, "paidDate": "2026-03-04"},
        {"sent": False, "sentNotes": "x"},
        {"customStatus": False, "customStatusName": "x"},
    ],
)
@pytest.mark.parametrize("is_final", [False, True])
def test_a_date_or_note_needs_its_flag(api: Api, marks: Any, is_final: bool) -> None:
    made = invoice(api, finalized=is_final)
    path = f"/documents/{made['id']}"
    assert api("PATCH", path, marks).status_code == 400
    assert api.ok("GET", path) == made


def test_a_flag_without_a_date_takes_today_and_false_clears(api: Api, resources: Resources) -> None:
    made = invoice(api, type="estimate", finalized=True)
    path = f"/documents/{made['id']}"
    with api.working(resources) as work:
        today = work.today.isoformat()
    for flag in ("paid", "sent", "customStatus"):
        marked = api.ok("PATCH", path, {flag: True, f"{flag}Notes": "x"})
        assert (marked[f"{flag}Date"], marked[f"{flag}Notes"]) == (today, "x")
        cleared = api.ok("PATCH", path, {flag: False})
        assert [cleared[flag], cleared[f"{flag}Date"], cleared[f"{flag}Notes"]] == [
            False,
            None,
            None,
        ]


def test_finalize_and_paid_need_the_period_of_their_own_posting(
    api: Api, resources: Resources
) -> None:
    draft, final = invoice(api), invoice(api, finalized=True)
    with api.working(resources) as work:
        periods.soft_lock(work, period=Period.of(date(2026, 3, 2)))
    body = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES}
    assert api("POST", "/documents", {**body, "finalized": True}).status_code == 409
    path = f"/documents/{draft['id']}"
    assert api("PATCH", path, {"finalized": True}).status_code == 409
    assert api.ok("GET", path) == draft
    paid = {"paid": True, "paidDate": "2026-03-31"}
    assert api("PATCH", f"/documents/{final['id']}", paid).status_code == 409
    later = {"paid": True, "paidDate": "2026-04-01"}
    assert api.ok("PATCH", f"/documents/{final['id']}", later)["paid"] is True
    moved = {"date": "2026-04-02", "finalized": True}
    assert api.ok("PATCH", path, moved)["number"] == "RE-2026-0002"
    assert invoice(api, type="estimate", finalized=True)["number"] == "AN-2026-0001"


def test_a_number_is_given_once_for_each_type(api: Api) -> None:
    invoice(api, number="X-1", finalized=True)
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "number": "X-1"}
    assert api("POST", "/documents", body).status_code == 409
    assert invoice(api, type="estimate", number="X-1")["number"] == "X-1"
    given = invoice(api, number="RE-2026-0002", finalized=True)
    assert [invoice(api, finalized=True)["number"] for _ in range(2)] == [
        "RE-2026-0001",
        "RE-2026-0003",
    ]
    assert given["number"] == "RE-2026-0002"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("invoice", "RE-2026-0001"),
        ("estimate", "AN-2026-0001"),
        ("delivery-note", "LS-2026-0001"),
        ("purchase-order", "BE-2026-0001"),
        ("order-confirmation", "AB-2026-0001"),
    ],
)
def test_each_type_has_numbers_of_its_own_and_only_invoices_say_when(
    api: Api, kind: str, number: str
) -> None:
    assert invoice(api, type=kind, finalized=True)["number"] == number
    body = {"type": kind, "client": CLIENT, "lines": LINES, "serviceDate": "2026-03-01"}
    status = 201 if kind == "invoice" else 400
    assert api("POST", "/documents", body).status_code == status
    as_xml = {"type": kind, "client": CLIENT, "lines": LINES, "exportType": "xrechnung"}
    assert api("POST", "/documents", as_xml).status_code == status
