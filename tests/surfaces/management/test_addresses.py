"""Billing addresses: of organizations that one sees, with a VAT id that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.management.management_api import CLIENT, House, code, ok

ADDRESS = {
    "recipient": "Kanzlei Friis",
    "address_line1": "Große Bleichen 21",
    "zip": "20354",
    "town": "Hamburg",
    "country_code": "DEU",
}
ALL = "/billing-addresses"


def test_an_address_is_kept_for_ones_own_organization(mine: House) -> None:
    more = {
        "vat_id": "DE136695976",
        "recipient_additions": "Buchhaltung",
        "billing_contact_id": str(mine.user_id),
        "address_line2": "3. Stock",
        "state": "HH",
        "metadata": {"konto": "4711"},
    }
    made = mine.post(ALL, {**ADDRESS, **more})
    assert made == {
        "_id": made["_id"],
        "_type": "BILLING_ADDRESS",
        "_envs": ["TEST", "LIVE"],
        "vat_id_valid": True,
        "organization_id": mine.id,
        **ADDRESS,
        **more,
    }
    assert mine.get(f"{ALL}/{made['_id']}") == made
    assert mine.get(ALL) == {"data": [made], "count": 1, "_type": "BILLING_ADDRESS_LIST"}


@pytest.mark.parametrize(
    ("vat_id", "is_valid"),
    [
        ("DE136695976", True),
        ("de 136 695 976", True),
        ("DE136695978", False),
        ("ATU13585627", True),
        ("ATU13585626", False),
        ("XX123", False),
        (None, False),
    ],
)
def test_a_vat_id_is_looked_at_by_form_and_check_digit(
    mine: House, vat_id: str | None, is_valid: bool
) -> None:
    assert mine.post(ALL, {**ADDRESS, "vat_id": vat_id})["vat_id_valid"] is is_valid


def test_the_fields_may_stand_in_the_query_string(mine: House) -> None:
    made = ok(mine.call("POST", ALL, params=ADDRESS))
    assert made["recipient"] == "Kanzlei Friis"
    both = ok(mine.call("POST", ALL, {"town": "Kiel", "metadata": {"a": "1"}}, params=ADDRESS))
    assert (both["town"], both["zip"], both["metadata"]) == ("Kiel", "20354", {"a": "1"})


def test_a_change_leaves_what_it_does_not_name(mine: House) -> None:
    made = mine.post(ALL, {**ADDRESS, "state": "HH"})
    place = f"{ALL}/{made['_id']}"
    changed = ok(mine.call("PATCH", place, {"town": "Wien", "country_code": "AUT", "state": None}))
    assert changed["country_code"] == "AUT"
    assert "state" not in changed
    assert ok(mine.call("PUT", place, {"recipient": "Friis"}))["town"] == "Wien"


def test_an_organization_names_its_address_until_that_is_deleted(mine: House) -> None:
    made = mine.post(ALL, ADDRESS)
    client = mine.post("/organizations", {**CLIENT, "billing_address_id": made["_id"]})
    assert client["billing_address_id"] == made["_id"]
    assert ok(mine.call("DELETE", f"{ALL}/{made['_id']}")) == {"_success": True}
    assert "billing_address_id" not in mine.get(f"/organizations/{client['_id']}")
    assert code(mine.call("GET", f"{ALL}/{made['_id']}"), 404) == "E_BILLING_ADDRESS"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in ADDRESS for value in ("", None)),
        ("country_code", "DE"),
        ("billing_contact_id", "nobody"),
        ("billing_contact_id", "0b5f7a1e-3c44-4b6b-9d0e-5f1c2a7d8e90"),
        ("metadata", {"k": "x" * 501}),
    ],
)
def test_an_address_that_cannot_be_is_refused_by_its_field(
    mine: House, field: str, value: Any
) -> None:
    answer = mine.call("POST", ALL, {**ADDRESS, field: value})
    assert code(answer, 400).startswith("E_")
    assert field in answer.json()["message"]


@pytest.mark.parametrize("name", sorted(ADDRESS))
def test_an_address_needs_its_parts(mine: House, name: str) -> None:
    rest = {key: value for key, value in ADDRESS.items() if key != name}
    answer = mine.call("POST", ALL, rest)
    assert code(answer, 400) == "E_INVALID_INPUT"
    assert name in answer.json()["message"]


def test_addresses_of_clients_are_seen_and_those_of_others_are_not(
    house: Callable[..., House],
) -> None:
    mine, other = house(), house()
    client = mine.post("/organizations", CLIENT)
    made = mine.post(ALL, {**ADDRESS, "organization_id": client["_id"]})
    assert made["_envs"] == ["TEST"]
    assert mine.get(ALL)["count"] == 1
    assert other.get(ALL)["count"] == 0
    for address_id in (made["_id"], str(uuid4())):
        for method in ("GET", "PATCH", "DELETE"):
            answer = other.call(method, f"{ALL}/{address_id}", {"town": "Kiel"})
            assert code(answer, 404) == "E_BILLING_ADDRESS"
    stranger = {**ADDRESS, "organization_id": mine.id}
    assert code(other.call("POST", ALL, stranger), 404) == "E_ORGANIZATION"
    moved = {"organization_id": other.id}
    assert code(mine.call("PATCH", f"{ALL}/{made['_id']}", moved), 404) == "E_ORGANIZATION"


def test_a_member_reads_but_does_not_write(house: Callable[..., House]) -> None:
    clerk = house(role="member")
    assert clerk.get(ALL)["count"] == 0
    assert code(clerk.call("POST", ALL, ADDRESS), 403) == "E_FORBIDDEN"
