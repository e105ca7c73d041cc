"""The billing surface over HTTP: shapes, status codes, and what each call leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, Profile, TaxNumber
from kontorhaus.kernel import exact_json
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.billing.routes import billing

PROFILE = Profile(
    name="Nordlicht Hosting GmbH", line1="Hafenstraße 7", line2="20457 Hamburg",
    ceo="Greta Hansen", email="rechnung@nordlicht.example", phone="+49 40 1234567",
    iban="DE02120300000000202051", bic="BYLADEM1001", bank_name="Deutsche Kreditbank",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE123456788"),),
)
LINES = [
    {"title": "Hosting S", "quantity": 2, "netPrice": 49.90, "unit": "Monat"},
    {"title": "Buch", "netPrice": 20.00, "vatRate": 7},
]
CLIENT = {
    "name": "Große Bücher GmbH", "clientNumber": "K-1042", "address1": "Große Bleichen 21",
    "address2": "20354 Hamburg", "countryCode": "DE", "email": "einkauf@buecher.example",
}


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    home: Path = tmp_path_factory.mktemp("home")
    config = from_environment({"KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": "0"})
    workshop = Workshop(1)
    yield Resources(config, database, Blobs(home / "blobs"), workshop)
    workshop.close()


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    app = Starlette(routes=[Mount(billing.base, billing.asgi(resources))])
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


class Api:
    """A client of one tenant whose answers are exact JSON."""

    def __init__(self, served: TestClient, token: str) -> None:
        self._served, self._token = served, token

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", **more.pop("headers", {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._served.request(
            method, f"/billing/v1{path}", headers=headers, **more
        )

    def ok(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        response = self(method, path, body, **more)
        assert response.status_code == status, response.text
        return exact_json.decode(response.content) if response.content else None


@pytest.fixture
def tenant(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[..., Api]:
    def make(profile: Profile = PROFILE, environment: str = "LIVE", **key: Any) -> Api:
        founded = new_organization(profile)
        caller = Caller(founded.tenants[environment], SYSTEM, "Europe/Berlin")
        with begin(resources.database, caller) as work:
            owner = identity.create_user(
                work, email=f"{founded.organization_id.hex}@example.org", role="owner"
            )
            issued = identity.create_api_key(
                work, secret=secret.of(resources.config.home), surface="billing", name="test",
                created_by=owner, **key,
            )
        return Api(served, issued.token)

    return make


@pytest.fixture
def api(tenant: Callable[..., Api]) -> Api:
    return tenant()


def invoice(api: Api, **more: Any) -> Any:
    body = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES, **more}
    return api.ok("POST", "/documents", body, 201)


def test_health_usage_and_company_have_their_shapes(api: Api) -> None:
    assert api.ok("GET", "/health") == {"status": "ok"}
    invoice(api)
    assert api.ok("GET", "/usage") == {
        "status": "active", "maxDocuments": None, "usedDocuments": 1,
        "remainingDocuments": None, "unlimitedDocuments": True,
    }
    company = api.ok("GET", "/company")
    assert company["name"] == "Nordlicht Hosting GmbH"
    assert company["address"] == {"line1": "Hafenstraße 7", "line2": "20457 Hamburg", "line3": ""}
    assert company["vat"]["rates"] == [19, 7, 0]


def test_the_worked_example_answers_140_16(api: Api) -> None:
    document = invoice(api, finalized=True)
    assert document["number"] == "RE-2026-0001"
    assert [str(document[name]) for name in ("netAmount", "vatAmount", "totalAmount")] == [
        "119.80", "20.36", "140.16"
    ]
    assert [str(line["netAmount"]) for line in document["lines"]] == ["99.80", "20.00"]
    assert document["client"]["name"] == "Große Bücher GmbH"
    assert (document["finalized"], document["paid"], document["cancelled"]) == (True, False, False)
    assert api.ok("GET", f"/documents/{document['id']}") == document


def test_a_contact_goes_through_its_life(api: Api) -> None:
    contact = api.ok("POST", "/contacts", {
        **CLIENT, "taxNumber": "DE136695976", "customFields": {"buyerReference": "04011000-1-1"},
        "debtorNumber": "23456",
    }, 201)
    assert len(contact["id"]) == 10
    assert (contact["debtorNumber"], contact["creditorNumber"]) == ("23456", None)
    assert contact["taxNumber"] == "DE136695976"
    path = f"/contacts/{contact['id']}"
    changed = api.ok("PATCH", path, {"name": "Neu GmbH", "email": None, "creditorNumber": "71000"})
    assert (changed["name"], changed["email"], changed["creditorNumber"]) == (
        "Neu GmbH", None, "71000"
    )
    page = api.ok("GET", "/contacts")
    assert (page["total"], page["hasMore"], page["results"][0]["id"]) == (1, False, contact["id"])
    assert api("POST", "/contacts", CLIENT).status_code == 409
    api.ok("DELETE", path, status=204)
    assert api("GET", path).status_code == 404
    assert api("DELETE", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "A", "countryCode": "US"}, "countryCode"),
        ({"name": "A", "email": "nobody"}, "email"),
        ({"name": "A", "color": "red"}, "color"),
        ({"name": 7}, "name"),
        ({"name": "A", "customFields": {"k" * 41: "v"}}, "customFields"),
    ],
)
def test_a_contact_that_cannot_stand_is_400_naming_its_field(api: Api, body, field) -> None:
    response = api("POST", "/contacts", body)
    assert response.status_code == 400
    assert field in response.json()["error"]


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
    response = api("POST", "/documents", {
        "type": "invoice", "client": client, "lines": LINES, "exportType": "xrechnung",
    })
    assert response.status_code == 422
    assert response.json()["details"] == [{
        "rule": "BR-DE-15", "field": "client.clientNumber",
        "message": response.json()["details"][0]["message"],
    }]


def test_the_tiers_of_a_change(api: Api) -> None:
    draft = invoice(api)
    path = f"/documents/{draft['id']}"
    assert draft["number"] == f"DRAFT-{draft['id']}"
    changed = api.ok("PATCH", path, {"notes": "Danke", "discountRate": 10})
    assert (changed["notes"], str(changed["totalAmount"])) == ("Danke", "126.15")
    final = api.ok("PATCH", path, {"finalized": True})
    assert final["finalizedDate"] is not None
    for body, status in (
        ({"notes": "x"}, 409), ({"notes": "x", "sent": True}, 409), ({"finalized": True}, 409),
        ({"finalized": False}, 400), ({}, 400), ({"number": "X"}, 400), ({"type": "invoice"}, 400),
        ({"sentDate": "2026-03-03"}, 400), ({"discountRate": None}, 400),
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
        ("", [second["id"], first["id"]]), ("?sort=date", [first["id"], second["id"]]),
        ("?from=2026-03-02&to=2026-03-02", [first["id"]]), ("?finalized=false", [second["id"]]),
        ("?limit=1&skip=1", [first["id"]]), ("?type=estimate", []), ("?unknown=1&paid=true", []),
    ):
        page = api.ok("GET", f"/documents{query}")
        assert [row["id"] for row in page["results"]] == ids, query
    assert api.ok("GET", "/documents?limit=1")["hasMore"] is True
    for query in ("limit=0", "limit=101", "skip=-1", "sort=number", "paid=1", "from=2026-3-1",
                  "from=2026-03-01T00:00:00"):
        assert api("GET", f"/documents?{query}").status_code == 400, query


def test_a_plain_invoice_has_a_pdf_that_never_changes(api: Api) -> None:
    document = invoice(api, finalized=True)
    path = f"/documents/{document['id']}"
    first = api("GET", f"{path}/pdf")
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"].startswith(
        'attachment; filename="RE-2026-0001.pdf"'
    )
    assert first.content.startswith(b"%PDF")
    again = api("GET", f"{path}/pdf?disposition=inline")
    assert again.content == first.content
    assert again.headers["content-disposition"].startswith("inline")
    assert api("GET", f"{path}/xml").status_code == 404
    assert api("GET", f"{path}/pdf?disposition=x").status_code == 400
    assert api("GET", "/documents/AbCdEf1234/pdf").status_code == 404


def test_an_xrechnung_is_xml_with_a_readable_preview(api: Api) -> None:
    document = invoice(api, exportType="xrechnung", finalized=True)
    path = f"/documents/{document['id']}"
    xml = api("GET", f"{path}/xml")
    assert xml.headers["content-type"] == "application/xml"
    assert b"xrechnung_3.0" in xml.content
    assert b"RE-2026-0001" in xml.content
    assert b">140.16<" in xml.content
    assert api("GET", f"{path}/pdf").status_code == 404
    assert api("GET", f"{path}/preview").content.startswith(b"%PDF")


def test_a_factur_x_carries_its_xml(api: Api, tmp_path: Path) -> None:
    document = invoice(api, exportType="factur-x", finalized=True)
    content = api("GET", f"/documents/{document['id']}/pdf").content
    (tmp_path / "invoice.pdf").write_bytes(content)
    with pikepdf.open(tmp_path / "invoice.pdf") as opened:
        assert list(opened.attachments) == ["factur-x.xml"]
        assert b">140.16<" in opened.attachments["factur-x.xml"].get_file().read_bytes()


def test_other_types_are_documents_with_a_pdf(api: Api) -> None:
    for kind, number in (("estimate", "AN-2026-0001"), ("delivery-note", "LS-2026-0001"),
                         ("purchase-order", "BE-2026-0001"),
                         ("order-confirmation", "AB-2026-0001")):
        document = invoice(api, type=kind, finalized=True)
        assert document["number"] == number
        assert api("GET", f"/documents/{document['id']}/pdf").content.startswith(b"%PDF")


def test_a_repeated_key_gives_the_first_answer_again(api: Api) -> None:
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "finalized": True,
            "exportType": "xrechnung"}
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
    for path in (f"/documents/{document['id']}", f"/documents/{document['id']}/pdf",
                 f"/contacts/{contact['id']}"):
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
    document = invoice(api, priceLayout="gross", exportType="factur-x", lines=[
        {"title": "Stuhl", "grossPrice": 349.00}, {"title": "Lampe", "grossPrice": 79.99,
                                                   "quantity": 3},
    ])
    assert str(document["totalAmount"]) == "588.97"
    assert document["lines"][0]["grossPrice"] == 349
