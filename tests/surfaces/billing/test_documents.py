"""Documents over HTTP: shapes, status codes, and what each call leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.surfaces.billing.billing_api import CLIENT, LINES, PROFILE, Api, invoice


def test_health_usage_and_company_have_their_shapes(api: Api) -> None:
    assert api.ok("GET", "/health") == {"status": "ok"}
    invoice(api)
    assert api.ok("GET", "/usage") == {
        "status": "active",
        "maxDocuments": None,
        "usedDocuments": 1,
        "remainingDocuments": None,
        "unlimitedDocuments": True,
    }
    company = api.ok("GET", "/company")
    assert company["name"] == "Nordlicht Hosting GmbH"
    assert company["address"] == {"line1": "Hafenstraße 7", "line2": "20457 Hamburg", "line3": ""}
    assert company["vat"]["rates"] == [19, 7, 0]


def test_the_worked_example_answers_140_16(api: Api) -> None:
    document = invoice(api, finalized=True)
    assert document["number"] == "RE-2026-0001"
    assert [str(document[name]) for name in ("netAmount", "vatAmount", "totalAmount")] == [
        "119.80",
        "20.36",
        "140.16",
    ]
    assert [str(line["netAmount"]) for line in document["lines"]] == ["99.80", "20.00"]
    assert document["client"]["name"] == "Große Bücher GmbH"
    assert (document["finalized"], document["paid"], document["cancelled"]) == (True, False, False)
    assert api.ok("GET", f"/documents/{document['id']}") == document


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"lines": []}, 400),
        ({"lines": [{"title": "A", "netPrice": 1, "grossPrice": 1}]}, 400),
        ({"lines": [{"title": "A"}]}, 400),
        ({"lines": [{"title": "A", "netPrice": "1"}]}, 400),
        ({"lines": [{"title": "A", "netPrice": 1, "vatRate": 101}]}, 400),
        ({"lines": [{"title": "A", "netPrice": 1, "taxCase": "export"}]}, 400),
        ({"clientId": "AbCdEf1234"}, 400),
        ({"clientId": "AbCdEf1234", "client": None}, 404),
        ({"date": "2026-02-29"}, 400),
        ({"type": "letter"}, 400),
        ({"type": "estimate", "serviceDate": "2026-03-01"}, 400),
        ({"state": "paid"}, 400),
        ({"client": None, "finalized": True}, 400),
        ({"lines": [{"title": "A", "netPrice": 1, "vatRate": 13}], "finalized": True}, 400),
        ({"vatRegulation": "intra-community-supply"}, 422),
        ({"exportType": "xrechnung", "priceLayout": "gross"}, 422),
        ({"exportType": "xrechnung", "client": {"name": "A", "countryCode": "DE"}}, 422),
        ({"exportType": "factur-x", "client": {"name": "A"}}, 422),
    ],
)
def test_a_document_that_cannot_stand_is_refused_and_leaves_nothing(api: Api, change, status):
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, **change}
    response = api("POST", "/documents", body)
    assert response.status_code == status, response.text
    assert response.json()["error"]
    assert api.ok("GET", "/documents")["total"] == 0


def test_422_names_rule_and_field(api: Api) -> None:
    client = {key: value for key, value in CLIENT.items() if key != "clientNumber"}
    response = api(
        "POST",
        "/documents",
        {
            "type": "invoice",
            "client": client,
            "lines": LINES,
            "exportType": "xrechnung",
        },
    )
    assert response.status_code == 422
    assert response.json()["details"] == [
        {
            "rule": "BR-DE-15",
            "field": "client.clientNumber",
            "message": response.json()["details"][0]["message"],
        }
    ]


def test_the_tiers_of_a_change(api: Api) -> None:
    draft = invoice(api)
    path = f"/documents/{draft['id']}"
    assert draft["number"] == f"DRAFT-{draft['id']}"
    changed = api.ok("PATCH", path, {"notes": "Danke", "discountRate": 10})
    assert (changed["notes"], str(changed["totalAmount"])) == ("Danke", "126.15")
    final = api.ok("PATCH", path, {"finalized": True})
    assert final["finalizedDate"] is not None
    for body, status in (
        ({"notes": "x"}, 409),
        ({"notes": "x", "sent": True}, 409),
        ({"finalized": True}, 409),
        ({"finalized": False}, 400),
        ({}, 400),
        ({"number": "X"}, 400),
        ({"type": "invoice"}, 400),
        ({"sentDate": "2026-03-03"}, 400),
        ({"discountRate": None}, 400),
    ):
        assert api("PATCH", path, body).status_code == status, body
    sent = api.ok("PATCH", path, {"sent": True, "sentDate": "2026-03-03", "sentNotes": "Post"})
    assert (sent["sentDate"], sent["sentNotes"], sent["notes"]) == ("2026-03-03", "Post", "Danke")
    unsent = api.ok("PATCH", path, {"sent": False})
    assert (unsent["sentDate"], unsent["sentNotes"]) == (None, None)
    paid = api.ok("PATCH", path, {"paid": True, "paidDate": "2026-03-12"})
    assert (paid["paid"], paid["paidDate"]) == (True, "2026-03-12")
    assert api.ok("PATCH", path, {"paid": False})["paid"] is False
    assert api("DELETE", path).status_code == 409


def test_service_dates_follow_each_other(api: Api) -> None:
    draft = invoice(api, serviceDate="2026-02-01", serviceDateEnd="2026-02-28")
    path = f"/documents/{draft['id']}"
    assert draft["serviceDateType"] == "service-period"
    changed = api.ok("PATCH", path, {"serviceDateEnd": None})
    assert (changed["serviceDateType"], changed["serviceDateEnd"]) == ("service-date", None)


def test_the_list_pages_filters_and_sorts(api: Api) -> None:
    first = invoice(api, finalized=True)
    second = invoice(api, date="2026-04-01")
    for query, ids in (
        ("", [second["id"], first["id"]]),
        ("?sort=date", [first["id"], second["id"]]),
        ("?from=2026-03-02&to=2026-03-02", [first["id"]]),
        ("?finalized=false", [second["id"]]),
        ("?limit=1&skip=1", [first["id"]]),
        ("?type=estimate", []),
        ("?unknown=1&paid=true", []),
    ):
        page = api.ok("GET", f"/documents{query}")
        assert [row["id"] for row in page["results"]] == ids, query
    assert api.ok("GET", "/documents?limit=1")["hasMore"] is True
    for query in (
        "limit=0",
        "limit=101",
        "skip=-1",
        "sort=number",
        "paid=1",
        "from=2026-3-1",
        "from=2026-03-01T00:00:00",
    ):
        assert api("GET", f"/documents?{query}").status_code == 400, query


def test_a_repeated_key_gives_the_first_answer_again(api: Api) -> None:
    body = {
        "type": "invoice",
        "client": CLIENT,
        "lines": LINES,
        "finalized": True,
        "exportType": "xrechnung",
    }
    key = {"Idempotency-Key": "abc"}
    first = api("POST", "/documents", body, headers=key)
    again = api("POST", "/documents", body, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert api.ok("GET", "/documents")["total"] == 1


def test_refusals_have_the_shape_of_the_surface(tenant: Callable[..., Api], served) -> None:
    assert served.get("/billing/v1/health").json() == {"message": "Unauthorized"}
    reader = tenant(scopes=("documents:read",))
    refused = reader("POST", "/documents", {"type": "invoice", "lines": LINES})
    assert refused.status_code == 403
    assert set(refused.json()) == {"error", "message"}
    large = reader("POST", "/documents", b" " * (2 * 1024 * 1024 + 1))
    assert large.status_code in (403, 413)


def test_nothing_of_another_company_is_seen(tenant: Callable[..., Api]) -> None:
    mine, other = tenant(), tenant()
    document = invoice(mine, finalized=True)
    contact = mine.ok("POST", "/contacts", {"name": "A"}, 201)
    for path in (
        f"/documents/{document['id']}",
        f"/documents/{document['id']}/pdf",
        f"/contacts/{contact['id']}",
    ):
        assert other("GET", path).status_code == 404
    assert other("PATCH", f"/documents/{document['id']}", {"sent": True}).status_code == 404
    assert other.ok("GET", "/documents")["total"] == 0
    assert invoice(other, finalized=True)["number"] == "RE-2026-0001"


def test_a_small_trader_shows_no_tax(tenant: Callable[..., Api]) -> None:
    api = tenant(replace(PROFILE, small_trader=True))
    for export_type in ("pdf", "xrechnung", "factur-x"):
        document = invoice(api, finalized=True, exportType=export_type)
        assert str(document["vatAmount"]) == "0.00"


def test_gross_prices_come_back_to_the_cent(api: Api) -> None:
    document = invoice(
        api,
        priceLayout="gross",
        exportType="factur-x",
        lines=[
            {"title": "Stuhl", "grossPrice": 349.00},
            {"title": "Lampe", "grossPrice": 79.99, "quantity": 3},
        ],
    )
    assert str(document["totalAmount"]) == "588.97"
    assert document["lines"][0]["grossPrice"] == 349


def test_a_draft_is_deleted_with_its_files_and_leaves_its_number_free(api: Api) -> None:
    draft = invoice(api, number="X-1")
    path = f"/documents/{draft['id']}"
    assert api("GET", f"{path}/pdf").status_code == 200
    assert api("DELETE", path).status_code == 204
    for gone in (path, f"{path}/pdf", f"{path}/preview"):
        assert api("GET", gone).status_code == 404
    assert api("DELETE", path).status_code == 404
    assert api("DELETE", "/documents/no-id").status_code == 400
    assert invoice(api, number="X-1")["number"] == "X-1"
