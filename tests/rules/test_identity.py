"""Roles and scopes, addresses, passwords and what a profile may say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kontorhaus.identity import rules
from kontorhaus.identity.model import Profile, TenantSettings
from kontorhaus.kernel.errors import Invalid

PROFILE = Profile(name="Nordlicht GmbH")

SCOPES = [
    ("owner", "config:write", True),
    ("admin", "config:write", True),
    ("member", "journal:write", True),
    ("member", "config:write", False),
    ("adviser", "journal:write", True),
    ("adviser", "company:write", False),
    ("adviser_read", "journal:read", True),
    ("adviser_read", "journal:write", False),
    ("auditor", "auswertungen:read", True),
    ("auditor", "email:send", False),
]


@pytest.mark.parametrize(("role", "scope", "has"), SCOPES)
def test_a_role_has_its_scopes(role: str, scope: str, has: bool) -> None:
    assert (scope in rules.scopes_of(role)) is has


def test_an_admin_key_may_what_the_role_of_its_maker_may() -> None:
    assert "admin" in rules.granted("owner", {"admin"})
    assert "admin" not in rules.granted("member", {"admin"})
    assert "journal:write" in rules.granted("member", {"admin"})


def test_a_key_never_exceeds_the_role_of_its_maker() -> None:
    assert rules.granted("auditor", {"journal:write", "journal:read"}) == {"journal:read"}


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(Invalid):
        rules.check_scopes({"journal:read", "everything"})


ADDRESSES = [
    (" Anna@Example.DE ", "anna@example.de"),
    ("a.b+c@sub.example.org", "a.b+c@sub.example.org"),
]
NO_ADDRESSES = [
    "",
    "anna",
    "anna@",
    "@example.de",
    "a b@example.de",
    "a@b",
    "a@b.de\nBcc: c@d.de",
    "a@b.de, c@d.de",
    "<a@b.de>",
    "a\0@b.de",
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_an_address_is_stored_in_lower_case(text: str, address: str) -> None:
    assert rules.email(text) == address


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rules.email(text)


@pytest.mark.parametrize("length", [0, 11, 201])
def test_a_password_has_12_to_200_characters(length: int) -> None:
    with pytest.raises(Invalid):
        rules.check_password("x" * length)
    rules.check_password("x" * 12)
    rules.check_password("ä" * 200)


PROFILES = [
    ("name", " "),
    ("country_code", "de"),
    ("currency", "Euro"),
    ("iban", "DE00120300000000202051"),
    ("email", "nobody"),
    ("language", "fr"),
    ("vat_rates", ()),
    ("vat_rates", (Decimal("19"), Decimal("101"))),
    ("vat_default", Decimal("16")),
]


@pytest.mark.parametrize(("name", "value"), PROFILES)
def test_a_profile_names_the_field_that_is_wrong(name: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_profile(replace(PROFILE, **{name: value}))  # type: ignore[arg-type]
    assert refusal.value.details["field"] == name


SETTINGS = [
    ("chart", "SKR49"),
    ("fiscal_year_start_month", 13),
    ("vat_method", "both"),
    ("datev_adviser_number", 1000),
    ("datev_client_number", 100_000),
    ("sepa_version", "01"),
    ("payment_days", -1),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_settings_name_the_one_that_is_wrong(name: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_settings(replace(TenantSettings(), **{name: value}))  # type: ignore[arg-type]
    assert refusal.value.details["field"] == name


def test_documents_show_the_display_name_when_there_is_one() -> None:
    assert PROFILE.shown_name == "Nordlicht GmbH"
    assert replace(PROFILE, display_name="Nordlicht").shown_name == "Nordlicht"
