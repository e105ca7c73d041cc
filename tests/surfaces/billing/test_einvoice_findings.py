"""A refused e-invoice: each finding names rule, field of the request, and remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.surfaces.billing.billing_api import CLIENT, LINES, PROFILE, Api

FRENCH = {**CLIENT, "countryCode": "FR"}


def _client(**changes: Any) -> dict[str, Any]:
    return {"client": {**CLIENT, **changes}}


# The request, the company, and the rule, field and remedy that the refusal names.
REFUSED: list[tuple[dict[str, Any], dict[str, Any], tuple[str, str, str]]] = [
    (_client(clientNumber=None), {}, ("BR-DE-15", "client.clientNumber", "Leitweg-ID")),
    (_client(email=None), {}, ("PEPPOL-EN16931-R010", "client.email", "Give a mail address")),
    (_client(address2=None), {}, ("BR-DE-9", "client.address3", "such as “20354 Hamburg”")),
    (_client(countryCode=None), {}, ("BR-11", "client.countryCode", "such as DE")),
    ({"priceLayout": "gross"}, {}, ("PEPPOL-EN16931-R120", "priceLayout", "needs net prices")),
    (
        {"client": FRENCH, "vatRegulation": "intra-community-supply"},
        {},
        ("BR-IC-02", "client.taxNumber", "Give the client's VAT id in client.taxNumber"),
    ),
    (
        {"client": FRENCH, "vatRegulation": "reverse-charge"},
        {},
        ("BR-AE-02", "client.taxNumber", "Give the client's VAT id in client.taxNumber"),
    ),
    ({}, {"iban": ""}, ("BR-DE-1", "company.paymentInfo.iban", "Enter company.paymentInfo.iban")),
    ({}, {"line2": ""}, ("BR-DE-3", "company.address", "such as “20457 Hamburg”")),
    ({}, {"phone": ""}, ("BR-DE-6", "company.contactInfo.phone", "Enter company.contactInfo")),
    ({}, {"email": ""}, ("BR-DE-7", "company.contactInfo.email", "Enter company.contactInfo")),
    ({}, {"tax_numbers": ()}, ("BR-CO-26", "company.taxNumbers", "Enter your VAT id")),
]


@pytest.mark.parametrize(
    ("change", "company", "expected"), REFUSED, ids=[expected[0] for _, _, expected in REFUSED]
)
def test_a_refusal_names_rule_field_and_remedy(
    tenant: Callable[..., Api],
    change: dict[str, Any],
    company: dict[str, Any],
    expected: tuple[str, str, str],
) -> None:
    api = tenant(replace(PROFILE, **company))
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "exportType": "xrechnung"}
    response = api("POST", "/documents", {**body, **change})
    assert response.status_code == 422, response.text
    details = response.json()["details"]
    assert all(sorted(each) == ["field", "message", "rule"] for each in details)
    rule, field, remedy = expected
    found = [each for each in details if (each["rule"], each["field"]) == (rule, field)]
    assert found, details
    assert remedy in found[0]["message"]
    assert response.json()["error"].startswith(details[0]["rule"])


def test_an_xrechnung_with_all_it_needs_is_accepted(api: Api) -> None:
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "exportType": "xrechnung"}
    api.ok("POST", "/documents", {**body, "finalized": True}, 201)
