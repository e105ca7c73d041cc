"""Contacts over HTTP: fields and limits, numbers and accounts, pages, and who may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity_actions
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import Founded
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.books.routes import books
from tests.surfaces import tenants
from tests.surfaces.billing.billing_api import CLIENT, PROFILE, Api, invoice

FULL = {
    **CLIENT,
    "name2": "Einkauf",
    "address3": "Hinterhaus",
    "contactPerson": "Frau Groß",
    "phone": "+49 40 998877",
    "taxNumber": "DE136695976",
    "vatRegulation": "reverse-charge",
    "notes": "zahlt pünktlich",
    "customFields": {"buyerReference": "04011000-1-1", "Sektor": "Handel"},
}
UNSAID = (
    *("name2", "clientNumber", "creditorNumber", "address1", "address2", "address3"),
    *("countryCode", "contactPerson", "email", "phone", "taxNumber", "vatRegulation", "notes"),
)


class House:
    """A tenant by its billing API, its books API and its audit trail."""

    def __init__(self, resources: Resources, caller: Caller, clients: tuple[TestClient, ...]):
        self._resources, self._caller = resources, caller
        billing, self._books = clients
        self.api = Api(billing, tenants.token(resources, caller, "billing"))
        with begin(resources.database, caller) as work:
            (owner,) = identity.users(work)
            self._token = identity_actions.create_api_key(
                work,
                secret=secret.of(resources.config.home),
                surface="books",
                name="books",
                created_by=owner.id,
            ).token

    def books(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._books.get(f"/books/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def audit(self, action: str) -> list[dict[str, Any]]:
        with begin(self._resources.database, self._caller) as work:
            rows = work.connection.execute(
                "select details from audit where tenant_id = %(tenant)s and action = %(action)s"
                " order by id",
                {"tenant": work.tenant_id, "action": action},
            ).fetchall()
        return [row[0] for row in rows]


@pytest.fixture(scope="module")
def served_books(resources: Resources) -> Iterator[TestClient]:
    with tenants.opened(books, resources) as client:
        yield client


@pytest.fixture
def house(
    resources: Resources,
    served: TestClient,
    served_books: TestClient,
    new_organization: Callable[..., Founded],
) -> House:
    caller = Caller(new_organization(PROFILE).tenants["LIVE"], SYSTEM, "Europe/Berlin")
    return House(resources, caller, (served, served_books))


def contact(api: Api, **more: Any) -> Any:
    return api.ok("POST", "/contacts", {"name": "Große Bücher GmbH", **more}, 201)


# --- fields


def test_a_contact_keeps_everything_that_was_said(api: Api) -> None:
    made = contact(api, **FULL)
    own = ("id", "type", "debtorNumber", "creditorNumber", "createdAt", "updatedAt")
    assert {name: value for name, value in made.items() if name not in own} == FULL
    assert (made["type"], len(made["id"]), made["creditorNumber"]) == ("client", 10, None)
    assert made["createdAt"] == made["updatedAt"]
    assert api.ok("GET", f"/contacts/{made['id']}") == made


def test_a_contact_says_no_more_than_its_name(api: Api) -> None:
    made = contact(api)
    assert {made[name] for name in UNSAID} == {None}  # a clientNumber is never made up
    assert made["customFields"] == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": None}, "name"),
        ({"name": 7}, "name"),
        ({"name": "A", "countryCode": "US"}, "countryCode"),
        ({"name": "A", "countryCode": "de"}, "countryCode"),
        ({"name": "A", "email": "nobody"}, "email"),
        ({"name": "A", "vatRegulation": "none"}, "vatRegulation"),
        ({"name": "A", "color": "red"}, "color"),
        ({"name": "A", "id": "Zz0Zz0Zz0Z"}, "id"),
        ({"name": "A", "type": "client"}, "type"),
        ({"name": "A", "customFields": {"k" * 41: "v"}}, "customFields"),
        ({"name": "A", "customFields": {"": "v"}}, "customFields"),
        ({"name": "A", "customFields": {"k": "v" * 501}}, "customFields.k"),
        ({"name": "A", "customFields": {"k": 1}}, "customFields.k"),
        ({"name": "A", "customFields": {f"k{n}": "v" for n in range(21)}}, "customFields"),
        ({"name": "A", "customFields": ["v"]}, "customFields"),
    ],
)
def test_a_contact_that_cannot_stand_is_400_naming_its_field(
    api: Api, body: dict[str, Any], field: str
) -> None:
    response = api("POST", "/contacts", body)
    assert response.status_code == 400
    assert field in response.json()["error"]
    assert api.ok("GET", "/contacts")["total"] == 0


def test_custom_fields_go_up_to_their_limits(api: Api) -> None:
    most = {f"{n:02}".ljust(40, "k"): "v" * 500 for n in range(20)}
    assert contact(api, customFields=most)["customFields"] == most


@pytest.mark.parametrize("country", ["DE", "AT", "GR", "CH", "GB"])
def test_countries_are_those_of_the_eu_and_two_more(api: Api, country: str) -> None:
    assert contact(api, countryCode=country)["countryCode"] == country


# --- changes


def test_null_clears_what_is_not_needed(api: Api) -> None:
    made = contact(api, **FULL)
    cleared = api.ok("PATCH", f"/contacts/{made['id']}", dict.fromkeys(UNSAID))
    assert {cleared[name] for name in UNSAID} == {None}
    kept = ("id", "name", "debtorNumber", "customFields", "createdAt")
    assert {name: cleared[name] for name in kept} == {name: made[name] for name in kept}
    assert cleared["updatedAt"] > made["updatedAt"]
    emptied = api.ok("PATCH", f"/contacts/{made['id']}", {"customFields": None})
    assert emptied["customFields"] == {}


def test_what_is_left_out_stays(api: Api) -> None:
    made = contact(api, **FULL)
    changed = api.ok("PATCH", f"/contacts/{made['id']}", {"customFields": {"neu": "1"}})
    assert changed == made | {
        "customFields": {"neu": "1"},
        "updatedAt": changed["updatedAt"],
    }


@pytest.mark.parametrize("field", ["id", "type", "createdAt", "updatedAt", "name"])
def test_what_is_not_the_callers_cannot_be_changed(api: Api, field: str) -> None:
    made = contact(api)
    value = None if field == "name" else made[field]
    refused = api("PATCH", f"/contacts/{made['id']}", {field: value})
    assert refused.status_code == 400
    assert field in refused.json()["error"]
    assert api.ok("GET", f"/contacts/{made['id']}") == made


def test_a_change_of_nothing_is_refused(api: Api) -> None:
    assert api("PATCH", f"/contacts/{contact(api)['id']}", {}).status_code == 400


# --- numbers


def test_a_client_number_belongs_to_one_contact(api: Api) -> None:
    first, second = contact(api, clientNumber="K-1"), contact(api, clientNumber="K-2")
    refused = api("POST", "/contacts", {"name": "B", "clientNumber": "K-1"})
    assert refused.status_code == 409
    assert "K-1" in refused.json()["error"]
    path = f"/contacts/{second['id']}"
    assert api("PATCH", path, {"clientNumber": "K-1", "name": "B"}).status_code == 409
    assert api.ok("GET", path) == second
    assert api.ok("PATCH", path, {"clientNumber": "K-2"})["clientNumber"] == "K-2"
    # a number is free again once its contact is gone
    api.ok("DELETE", f"/contacts/{first['id']}", status=204)
    assert api.ok("PATCH", path, {"clientNumber": "K-1"})["clientNumber"] == "K-1"


def test_of_eight_contacts_at_once_one_gets_the_number(api: Api) -> None:
    bodies = [{"name": f"Kunde {n}", "clientNumber": "K-1"} for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: api("POST", "/contacts", body), bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert api.ok("GET", "/contacts")["total"] == 1


def test_eight_contacts_at_once_get_accounts_of_their_own(api: Api) -> None:
    bodies = [{"name": f"Kunde {n}", "debtorNumber": "20000"} for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: api("POST", "/contacts", body), bodies))
    assert {answer.status_code for answer in answers} == {201}
    numbers = [answer.json()["debtorNumber"] for answer in answers]
    assert len(set(numbers)) == 8
    assert numbers.count("20000") == 1


@pytest.mark.parametrize(
    ("wish", "given"),
    [
        ("23456", "23456"),
        ("69999", "69999"),
        ("70001", "10001"),  # a number of vendors
        ("4400", "4400"),  # no personal account: kept as a text
        ("D-17", "D-17"),
        (None, "10001"),
    ],
)
def test_a_debtor_number_becomes_the_account_where_it_can(
    house: House, wish: str | None, given: str
) -> None:
    made = contact(house.api, **({"debtorNumber": wish} if wish else {}))
    assert made["debtorNumber"] == given
    (customer,) = house.books("/customers")
    account = given if given.isdigit() and len(given) == 5 else "10001"
    assert customer["account_number"] == account


def test_a_number_that_is_taken_gives_the_next_free_one(api: Api) -> None:
    numbers = [contact(api, debtorNumber="23456")["debtorNumber"] for _ in range(2)]
    assert numbers[0] == "23456"
    assert numbers[1] != "23456"
    assert 10001 <= int(numbers[1]) <= 69999


def test_a_contact_is_a_customer_and_with_a_creditor_number_a_vendor_too(house: House) -> None:
    made = contact(house.api, name="Hansen")
    assert [one["name"] for one in house.books("/customers")] == ["Hansen"]
    assert house.books("/vendors") == []
    path = f"/contacts/{made['id']}"
    changed = house.api.ok("PATCH", path, {"creditorNumber": "71000"})
    assert changed["creditorNumber"] == "71000"
    (vendor,) = house.books("/vendors")
    assert (vendor["name"], vendor["account_number"]) == ("Hansen", "71000")
    both = contact(house.api, name="Petersen", creditorNumber="71000")
    assert both["creditorNumber"] != "71000"
    assert {one["name"] for one in house.books("/vendors")} == {"Hansen", "Petersen"}


# --- lists and removal


def test_contacts_are_listed_newest_first_and_in_pages(api: Api) -> None:
    made = [contact(api, **FULL | {"clientNumber": f"K-{n}"}) for n in range(3)]
    page = api.ok("GET", "/contacts?limit=2")
    assert [row["id"] for row in page["results"]] == [made[2]["id"], made[1]["id"]]
    shown = ("id", "type", "name", "name2", "clientNumber", "countryCode", "email", "createdAt")
    assert page["results"][0] == {name: made[2][name] for name in shown}
    counts = {name: page[name] for name in ("total", "limit", "skip", "hasMore")}
    assert counts == {"total": 3, "limit": 2, "skip": 0, "hasMore": True}
    rest = api.ok("GET", "/contacts?limit=2&skip=2")
    assert ([row["id"] for row in rest["results"]], rest["hasMore"]) == ([made[0]["id"]], False)
    assert api.ok("GET", "/contacts")["limit"] == 20
    for query in ("limit=0", "limit=101", "limit=x", "skip=-1", "skip=1.5"):
        assert api("GET", f"/contacts?{query}").status_code == 400, query


def test_a_removed_contact_is_gone_here_and_kept_in_the_books(house: House) -> None:
    made = contact(house.api, **FULL)
    final = invoice(house.api, client=None, clientId=made["id"], finalized=True)
    path = f"/contacts/{made['id']}"
    assert house.api("DELETE", path).content == b""
    for method, body in (("GET", None), ("PATCH", {"name": "X"}), ("DELETE", None)):
        assert house.api(method, path, body).status_code == 404
    assert house.api.ok("GET", "/contacts")["total"] == 0
    (customer,) = house.books("/customers")
    assert (customer["name"], customer["account_number"]) == (made["name"], made["debtorNumber"])
    kept = house.api.ok("GET", f"/documents/{final['id']}")
    assert kept["client"] == final["client"]
    assert house.api.ok("GET", f"/documents?clientId={made['id']}")["total"] == 1
    body = {"type": "invoice", "clientId": made["id"], "lines": [{"title": "x", "netPrice": 1}]}
    assert house.api("POST", "/documents", body).status_code == 404
    (entry,) = house.audit("contacts.deleted")
    assert entry["snapshot"]["name"] == FULL["name"]
    assert entry["snapshot"]["custom_fields"] == FULL["customFields"]


def test_documents_keep_the_contact_as_it_was(api: Api) -> None:
    made = contact(api, **FULL)
    draft = invoice(api, client=None, clientId=made["id"])
    api.ok("PATCH", f"/contacts/{made['id']}", {"name": "Ganz Anders GmbH"})
    kept = api.ok("GET", f"/documents/{draft['id']}")["client"]
    assert (kept["name"], kept["id"]) == (made["name"], made["id"])
    again = api.ok("PATCH", f"/documents/{draft['id']}", {"clientId": made["id"]})
    assert again["client"]["name"] == "Ganz Anders GmbH"


# --- who may


def test_reading_and_writing_are_two_rights(tenant: Callable[..., Api]) -> None:
    reader, writer = tenant(scopes=("contacts:read",)), tenant(scopes=("contacts:write",))
    path = f"/contacts/{contact(writer)['id']}"
    assert writer("GET", path).status_code == 403
    assert writer("GET", "/contacts").status_code == 403
    assert reader("GET", "/contacts").status_code == 200
    assert reader("GET", path).status_code == 404
    for method, place in (("POST", "/contacts"), ("PATCH", path), ("DELETE", path)):
        response = reader(method, place, {"name": "X"} if method != "DELETE" else None)
        assert response.status_code == 403
        assert set(response.json()) == {"error", "message"}


def test_nobody_reaches_the_contacts_without_a_token(api: Api) -> None:
    stranger = Api(api._served, "none")
    for method, path in (
        *(("GET", "/contacts"), ("POST", "/contacts"), ("GET", "/contacts/x")),
        *(("PATCH", "/contacts/x"), ("DELETE", "/contacts/x")),
    ):
        answer = stranger(method, path, {"name": "X"} if method in ("POST", "PATCH") else None)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    large = b" " * (2 * 1024 * 1024 + 1)
    assert api("POST", "/contacts", large).status_code == 413
    assert api("PATCH", f"/contacts/{contact(api)['id']}", large).status_code == 413
