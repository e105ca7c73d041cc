"""The company over HTTP: what its documents show, and how it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.surfaces.billing.billing_api import PROFILE, Api, invoice


def test_what_is_left_out_stays_and_null_clears(api: Api) -> None:
    before = api.ok("GET", "/company")
    changed = api.ok(
        "PATCH",
        "/company",
        {
            "name2": "Rechenzentrum",
            "address": {"line1": "Kehrwieder 1"},
            "legalInfo": None,
            "contactInfo": {"phone": None},
            "paymentInfo": {"iban": "DE02 1203 0000 0000 2020 51", "bankName": "DKB"},
            "taxNumbers": [{"description": "St.-Nr.", "number": "22/333/4444"}],
            "vat": {"rates": [19, 7, 0, 5.5], "default": 7},
        },
    )
    assert changed == api.ok("GET", "/company")
    assert changed == before | {
        "name2": "Rechenzentrum",
        "address": before["address"] | {"line1": "Kehrwieder 1"},
        "legalInfo": {"ceo": "", "customLine1": "", "customLine2": ""},
        "contactInfo": before["contactInfo"] | {"phone": ""},
        "paymentInfo": before["paymentInfo"] | {"bankName": "DKB"},
        "taxNumbers": [{"description": "St.-Nr.", "number": "22/333/4444"}],
        "vat": before["vat"] | {"rates": changed["vat"]["rates"], "default": 7},
    }
    assert api.ok("PATCH", "/company", {}) == changed


def test_the_name_that_documents_show_is_the_one_that_changes(
    tenant: Callable[..., Api],
) -> None:
    shown = tenant(replace(PROFILE, display_name="Nordlicht"))
    assert shown.ok("PATCH", "/company", {"name": "Nordlicht Cloud"})["name"] == "Nordlicht Cloud"


def test_a_document_keeps_the_company_it_was_made_with(api: Api) -> None:
    final = invoice(api, finalized=True)
    before = api("GET", f"/documents/{final['id']}/xml")
    api.ok("PATCH", "/company", {"name": "Ganz Anders GmbH"})
    assert api("GET", f"/documents/{final['id']}/xml").content == before.content


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"countryCode": "XX"}, "countryCode"),
        ({"countryCode": None}, "countryCode"),
        ({"currency": "USD"}, "currency"),
        ({"address": {"line4": "x"}}, "address.line4"),
        ({"address": {"line1": "a\nb"}}, "address.line1"),
        ({"contactInfo": {"email": "nobody"}}, "email"),
        ({"paymentInfo": {"iban": "DE03120300000000202051"}}, "iban"),
        ({"taxNumbers": [{"description": "", "number": "1"}]}, "taxNumbers.0.description"),
        ({"vat": {"rates": []}}, "vat.rates"),
        ({"vat": {"default": 3}}, "vat_default"),
        ({"vat": None}, "vat"),
    ],
)
def test_what_cannot_stand_is_400_naming_its_field(
    api: Api, body: dict[str, object], field: str
) -> None:
    response = api("PATCH", "/company", body)
    assert response.status_code == 400
    assert field in response.json()["error"]


def test_who_may_only_read_is_refused(tenant: Callable[..., Api]) -> None:
    reader = tenant(scopes=("company:read",))
    assert reader("PATCH", "/company", {"name": "X"}).status_code == 403
    assert reader("GET", "/company").status_code == 200
    assert Api(reader._served, "none")("PATCH", "/company", {}).status_code == 401


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("member", 403), ("adviser", 403)])
def test_only_owners_and_admins_change_the_company(
    served: TestClient,
    resources: Resources,
    new_organization: Callable[..., Founded],
    role: str,
    status: int,
) -> None:
    caller = Caller(new_organization(PROFILE).tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(resources.database, caller) as work:
        person = identity.create_user(work, email=f"{caller.tenant_id.hex}@a.example", role=role)
        issued = identity.create_api_key(
            work,
            secret=secret.of(resources.config.home),
            surface="billing",
            name="test",
            created_by=person,
        )
    api = Api(served, issued.token)
    assert api("PATCH", "/company", {"name2": "X"}).status_code == status
    assert api("PATCH", "/settings", {"paymentDays": 7}).status_code == status
    assert api("DELETE", "/settings/logo").status_code == (204 if status == 200 else 403)
    assert api("GET", "/settings").status_code == 200


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    assert api("PATCH", "/company", b" " * (2 * 1024 * 1024 + 1)).status_code == 413
