"""Roles and scopes, addresses, passwords and what a profile may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kontorhaus.identity import passwords, rules
from kontorhaus.identity.model import ROLES, Profile, TenantSettings
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
    ("auditor", "audit:read", True),
    ("member", "audit:read", False),
    ("adviser", "documents:write", False),
    ("adviser", "kreditoren:write", True),
]


@pytest.mark.parametrize(("role", "scope", "has"), SCOPES)
def test_a_role_has_its_scopes(role: str, scope: str, has: bool) -> None:
    assert (scope in rules.scopes_of(role)) is has


def test_the_guide_says_what_a_role_may() -> None:
    guide = (Path(__file__).parents[2] / "docs/guide/roles.md").read_text()
    rows = [line.strip("|").split("|") for line in guide.splitlines() if line.startswith("| `")]
    told = {
        (cells[0].strip(" `"), role)
        for cells in rows
        for role, cell in zip(ROLES, cells[1:], strict=True)
        if cell.strip() == "yes"
    }
    assert told == {(scope, role) for role in ROLES for scope in rules.scopes_of(role)}


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


SOLL, IST = TenantSettings(), TenantSettings(vat_method="ist")
YEARS = {year: date(year, 1, 1) for year in range(2024, 2029)}


def methods(settings):
    """The method on the first of July of each year."""
    return [rules.vat_method_on(settings, day.replace(month=7)) for day in YEARS.values()]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], "soll soll soll soll soll"),
        ([("ist", None)], "ist ist ist ist ist"),
        ([("ist", 2026)], "soll soll ist ist ist"),
        ([("ist", 2025), ("soll", 2027)], "soll ist ist soll soll"),
        ([("ist", 2025), ("soll", 2026), ("ist", 2028)], "soll ist soll soll ist"),
        # thought better of before it began
        ([("ist", 2027), ("soll", 2027)], "soll soll soll soll soll"),
        # put off, and brought forward
        ([("ist", 2026), ("ist", 2027)], "soll soll soll ist ist"),
        ([("ist", 2027), ("ist", 2026)], "soll soll ist ist ist"),
        ([("ist", 2025), ("soll", 2027), ("soll", 2028)], "soll ist ist ist soll"),
        # from the beginning on
        ([("ist", 2026), ("soll", None)], "soll soll soll soll soll"),
    ],
)
def test_a_vat_method_holds_from_its_day_until_the_next(changes, expected):
    settings = SOLL
    for method, year in changes:
        changed = replace(settings, vat_method=method, vat_method_from=year and YEARS[year])
        settings = rules.with_earlier_method(settings, changed)
    assert methods(settings) == expected.split()


def test_a_first_day_alone_says_nothing_of_the_time_before():
    assert methods(replace(IST, vat_method_from=YEARS[2026])) == [
        "soll",
        "soll",
        "ist",
        "ist",
        "ist",
    ]
    other = replace(IST, sepa_version="03")
    assert rules.with_earlier_method(IST, other) == other


def test_nobodys_password_is_checked_at_the_price_of_a_persons() -> None:
    assert not passwords.is_outdated(passwords.of_nobody())
    assert not passwords.is_right("nobody has this password", None)
