"""Contacts over HTTP: shapes, status codes, and what a refusal names."""

from __future__ import annotations

import pytest

from tests.surfaces.billing.billing_api import CLIENT, Api


def test_a_contact_goes_through_its_life(api: Api) -> None:
    contact = api.ok(
        "POST",
        "/contacts",
        {
            **CLIENT,
            "taxNumber": "DE136695976",
            "customFields": {"buyerReference": "04011000-1-1"},
            "debtorNumber": "23456",
        },
        201,
    )
    assert len(contact["id"]) == 10
    assert (contact["debtorNumber"], contact["creditorNumber"]) == ("23456", None)
    assert contact["taxNumber"] == "DE136695976"
    path = f"/contacts/{contact['id']}"
    changed = api.ok("PATCH", path, {"name": "Neu GmbH", "email": None, "creditorNumber": "71000"})
    assert (changed["name"], changed["email"], changed["creditorNumber"]) == (
        "Neu GmbH",
        None,
        "71000",
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
