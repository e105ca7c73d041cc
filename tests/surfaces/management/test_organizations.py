"""Organizations: seen by whom they belong to and by who manages them, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from kontorhaus.app.demo import store as demo
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as books
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.surfaces.management.management_api import CLIENT, House, code, ok


def names(house: House, **query: Any) -> list[str]:
    return [row["name"] for row in house.get("/organizations", **query)["data"]]


def test_an_organization_shows_what_its_profile_says(mine: House) -> None:
    found = mine.get(f"/organizations/{mine.id}")
    assert found == {
        "_id": mine.id,
        "_type": "ORGANIZATION",
        "_envs": ["TEST", "LIVE"],
        "name": "Kanzlei Friis",
        "address_line1": "Große Bleichen 21",
        "zip": "20354",
        "town": "Hamburg",
        "country_code": "DEU",
        "vat_id": "DE123456788",
        "tax_number": "27/1/2",
        "metadata": {},
    }


def test_what_is_changed_stands_on_documents_and_the_rest_stays(mine: House) -> None:
    path = f"/organizations/{mine.id}"
    changed = ok(
        mine.call(
            "PATCH",
            path,
            {
                "display_name": "Friis & Partner",
                "address_line2": "Hinterhaus",
                "country_code": "AUT",
                "zip": "1010",
                "town": "Wien",
                "economy_id": "DE123456788-00001",
                "tax_number": None,
                "metadata": {"mandant": "17"},
                "billing_options": {"gln": "9012345000004", "withhold_billing": True},
            },
        )
    )
    assert changed == mine.get(path)
    assert changed["address_line2"] == "Hinterhaus"
    assert changed["economy_id"] == "DE123456788-00001"
    assert changed["billing_options"] == {"gln": "9012345000004", "withhold_billing": True}
    assert "tax_number" not in changed
    with begin(mine.resources.database, mine.caller, read_only=True) as work:
        profile = identity.profile(work)
    assert (profile.line1, profile.line2, profile.line3) == (
        "Große Bleichen 21",
        "Hinterhaus",
        "1010 Wien",
    )
    assert profile.country_code == "AT"
    assert [number.number for number in profile.tax_numbers] == ["DE123456788", "DE123456788-00001"]
    assert ok(mine.call("PUT", path, {"address_line2": ""}))["display_name"] == "Friis & Partner"


def test_an_address_of_any_form_comes_back_as_it_was_given(mine: House) -> None:
    made = mine.post("/organizations", {**CLIENT, "zip": "string", "town": "string"})
    assert (made["zip"], made["town"], made["address_line1"]) == ("string", "string", "Am Markt 3")


def test_a_key_founds_organizations_that_its_own_manages(mine: House) -> None:
    made = mine.post("/organizations", {**CLIENT, "state": "SH", "metadata": {"nr": "4711"}})
    assert made["_type"] == "MANAGED_ORGANIZATION"
    assert made["_envs"] == ["TEST"]
    assert made["managed_by_organization_id"] == mine.id
    assert made["created_by_user"] == str(mine.user_id)
    assert made["managed_configuration"] == {"withhold_billing": False}
    assert made["state"] == "SH"
    assert mine.get(f"/organizations/{made['_id']}") == made
    assert names(mine) == ["Bäckerei Mohn", "Kanzlei Friis"]


def test_a_person_founds_an_organization_of_its_own(mine: House) -> None:
    person = mine.as_person()
    made = person.post("/organizations", CLIENT)
    assert made["_type"] == "ORGANIZATION"
    assert "managed_by_organization_id" not in made
    members = person.get(f"/organizations/{made['_id']}")
    assert members["created_by_user"] == str(mine.user_id)
    assert names(mine) == ["Kanzlei Friis"]


def test_nobody_else_sees_a_managed_organization(house: Callable[..., House]) -> None:
    mine, other = house(), house()
    made = mine.post("/organizations", CLIENT)
    for path in (f"/organizations/{made['_id']}", f"/organizations/{uuid4()}"):
        for method, body in (("GET", None), ("PATCH", {"name": "Meins"}), ("DELETE", None)):
            assert code(other.call(method, path, body), 404) == "E_ORGANIZATION"
        answer = other.call("POST", f"{path}/enable-env", {"env": "LIVE"})
        assert code(answer, 404) == "E_ORGANIZATION"
    assert names(other) == ["Kanzlei Friis"]


def test_nobody_founds_organizations_at_the_expense_of_others(house: Callable[..., House]) -> None:
    mine, other = house(), house()
    for stranger in (other.id, str(uuid4())):
        managed = {**CLIENT, "managed_by_organization_id": stranger}
        assert code(mine.call("POST", "/organizations", managed), 403) == "E_FORBIDDEN"
        billed = {**CLIENT, "billing_options": {"bill_to_organization": stranger}}
        assert code(mine.call("POST", "/organizations", billed), 400) == "E_BILLING_OPTIONS"
        person = {**CLIENT, "contact_person_id": str(other.user_id)}
        assert code(mine.call("POST", "/organizations", person), 400) == "E_CONTACT_PERSON"
        address = {**CLIENT, "billing_address_id": stranger}
        assert code(mine.call("POST", "/organizations", address), 400) == "E_BILLING_ADDRESS"


def test_live_from_the_start_needs_a_live_token_and_a_payer_that_is_live(
    house: Callable[..., House],
) -> None:
    live, test = house(), house("TEST")
    for payer, expected in ((live, ["TEST", "LIVE"]), (test, ["TEST"])):
        options = {"bill_to_organization": payer.id}
        made = payer.post("/organizations", {**CLIENT, "billing_options": options})
        assert made["_envs"] == expected
        assert made["billing_options"] == options


def test_an_environment_is_opened_with_its_books_and_stays_open(mine: House) -> None:
    made = mine.post("/organizations", CLIENT)
    path = f"/organizations/{made['_id']}/enable-env"
    for _ in range(2):
        assert mine.post(path, {"env": "LIVE"}) == {"_success": True}
    assert mine.get(f"/organizations/{made['_id']}")["_envs"] == ["TEST", "LIVE"]
    rows = [
        row
        for row in identity.tenants(mine.resources.database)
        if str(row.organization_id) == made["_id"]
    ]
    for row in rows:
        with begin(mine.resources.database, Caller(row.tenant_id, SYSTEM, "UTC")) as work:
            assert books.balance(work, account="1800") == Money(0)
            assert books.is_empty(work)
    assert code(mine.call("POST", path, {"env": "PROD"}), 400) == "E_INVALID_INPUT"


def test_who_manages_an_organization_may_be_said_but_not_changed(
    house: Callable[..., House],
) -> None:
    mine, other = house(), house()
    path = f"/organizations/{mine.post('/organizations', CLIENT)['_id']}"
    assert ok(mine.call("PATCH", path, {"managed_by_organization_id": mine.id}))
    for wanted in (other.id, str(uuid4())):
        answer = mine.call("PATCH", path, {"managed_by_organization_id": wanted})
        assert code(answer, 403) == "E_FORBIDDEN"


def test_lists_are_ordered_filtered_and_paged_and_hold_nothing_twice(mine: House) -> None:
    for number in range(5):
        told = {"name": f"Mandant {number}", "zip": f"2490{4 - number}"}
        mine.post("/organizations", {**CLIENT, **told})
    assert names(mine, order="desc")[:2] == ["Mandant 4", "Mandant 3"]
    assert names(mine, order_by="zip", limit=2) == ["Kanzlei Friis", "Mandant 4"]
    assert names(mine, limit=2, offset=4) == ["Mandant 3", "Mandant 4"]
    assert names(mine, env="LIVE") == ["Kanzlei Friis"]
    assert names(mine, type="ORGANIZATION") == ["Kanzlei Friis"]
    assert len(names(mine, managed_by_organization_id=mine.id)) == 5
    page = mine.get("/organizations", limit=1)
    assert (page["count"], page["_type"]) == (6, "ORGANIZATION_LIST")
    ids = [row["_id"] for row in mine.get("/organizations")["data"]]
    assert len(set(ids)) == len(ids) == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order_by", "name; drop table organization"),
        ("order_by", "created_at"),
        ("order", "upwards"),
        ("limit", "5001"),
        ("offset", "-1"),
        ("env", "live"),
        ("managed_by_organization_id", "x' or '1'='1"),
    ],
)
def test_a_list_that_cannot_be_is_refused(mine: House, name: str, value: str) -> None:
    answer = mine.call("GET", "/organizations", params={name: value})
    assert code(answer, 400) == "E_INVALID_INPUT"
    assert name in answer.json()["message"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "ab"),
        ("address_line1", ""),
        ("zip", " "),
        ("country_code", "DE"),
        ("country_code", "XYZ"),
        ("metadata", {f"k{n}": "x" for n in range(21)}),
        ("metadata", {"k" * 41: "x"}),
        ("metadata", {"k": "x" * 501}),
        ("metadata", {"k": 1}),
        ("contact_person_id", "nobody"),
    ],
)
def test_an_organization_that_cannot_be_is_refused_by_its_field(
    mine: House, field: str, value: Any
) -> None:
    answer = mine.call("POST", "/organizations", {**CLIENT, field: value})
    assert code(answer, 400).startswith("E_")
    assert field in answer.json()["message"]


def test_unknown_fields_and_parameters_are_ignored(mine: House) -> None:
    made = mine.post("/organizations?colour=red", {**CLIENT, "tenant_id": "x", "role": "owner"})
    assert "role" not in made


def test_a_member_reads_but_does_not_found_or_change(house: Callable[..., House]) -> None:
    clerk = house(role="member")
    assert clerk.get(f"/organizations/{clerk.id}")["name"] == "Kanzlei Friis"
    assert code(clerk.call("POST", "/organizations", CLIENT), 403) == "E_FORBIDDEN"
    answer = clerk.call("PATCH", f"/organizations/{clerk.id}", {"name": "Anders"})
    assert code(answer, 403) == "E_FORBIDDEN"


def test_whoever_manages_others_is_not_deleted_before_them(mine: House) -> None:
    made = mine.post("/organizations", CLIENT)
    assert code(mine.call("DELETE", f"/organizations/{mine.id}"), 409) == "E_MANAGES_OTHERS"
    assert ok(mine.call("DELETE", f"/organizations/{made['_id']}")) == {"_success": True}
    assert code(mine.call("GET", f"/organizations/{made['_id']}"), 404) == "E_ORGANIZATION"
    assert names(mine) == ["Kanzlei Friis"]
    assert ok(mine.call("DELETE", f"/organizations/{mine.id}")) == {"_success": True}
    assert code(mine.call("GET", "/organizations"), 401) == "E_UNAUTHORIZED"
    assert code(mine.auth(), 401) == "E_WRONG_LOGIN"


def test_the_demo_is_taken_out_with_all_that_its_companies_manage(mine: House) -> None:
    billed = {**CLIENT, "billing_options": {"bill_to_organization": mine.id}}
    client = mine.post("/organizations", billed)
    address = {**CLIENT, "recipient": "Mohn", "organization_id": client["_id"]}
    mine.post("/billing-addresses", address)
    key = {"name": "kasse", "managed_by_organization_id": mine.id}
    mine.post(f"/organizations/{client['_id']}/api-keys", key)
    conninfo = mine.resources.database.conninfo
    assert demo.delete_organizations(conninfo, emails=[mine.email]) == 1
    rows = identity.tenants(mine.resources.database)
    assert not {client["_id"], mine.id} & {str(row.organization_id) for row in rows}
