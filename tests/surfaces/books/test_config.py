"""Tax codes and settings over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.surfaces.books.books_api import Api, booking, line

OWN = {
    "code": "UST5",
    "label": "Sondersatz 5 %",
    "description": "Nur für Altfälle",
    "rate": 5,
    "vat_account": "3806",
    "self_assess_account": None,
}


def codes(api: Api, **query: Any) -> dict[str, Any]:
    rows = api.ok("GET", "/tax-codes", params=query)["tax_codes"]
    return {row["code"]: row for row in rows}


def test_the_system_codes_come_in_the_order_of_their_table(api: Api) -> None:
    active, known = codes(api), codes(api, include_inactive="true")
    assert list(known)[:4] == ["UST19", "UST7", "UST0", "UST16"]
    assert len(known) == 30
    assert "UST16" not in active
    assert known["VST-EUDL19"]["vat_account"] == "1407"
    assert known["VST-EUDL19"]["self_assess_account"] == "3837"
    assert all(row["is_system"] for row in known.values())


def test_a_code_of_ones_own_splits_bookings_until_it_is_deactivated(api: Api) -> None:
    made = api.ok("POST", "/tax-codes", OWN, 201)
    assert made == {**OWN, "is_system": False, "is_active": True}
    assert codes(api)["UST5"]["created_at"].endswith("Z")
    sale = booking(amount=105, lines=[line("1800", 105), line("4400", 0, 105, tax_code="ust5")])
    posted = api.ok("POST", "/bookings", sale)
    entries = api.ok("GET", f"/journal/{posted['intent_id']}")["entries"]
    assert [(entry["account_credit"], entry["amount"]) for entry in entries] == [
        ("4400", Decimal("100.00")),
        ("3806", Decimal("5.00")),
    ]
    assert api.ok("DELETE", "/tax-codes/ust5") == {"code": "UST5", "is_active": False}
    assert "UST5" not in codes(api)
    assert api.refused("POST", "/bookings", sale) == (400, "INVALID_TAX_CODE")


def test_a_changed_rate_holds_for_new_postings_only(api: Api) -> None:
    api.ok("POST", "/tax-codes", OWN, 201)
    changed = api.ok("PATCH", "/tax-codes/UST5", {"rate": 6, "label": "Sechs", "description": None})
    assert (changed["rate"], changed["label"], changed["description"]) == (6, "Sechs", None)
    assert changed["vat_account"] == "3806"


REFUSED_CODES: list[tuple[dict[str, Any], int, str]] = [
    ({"code": "ust19"}, 409, "DUPLICATE_TAX_CODE"),
    ({"code": "UST 5"}, 400, "INVALID_INPUT"),
    ({"code": ""}, 400, "INVALID_INPUT"),
    ({"rate": 101}, 400, "INVALID_INPUT"),
    ({"rate": "5"}, 400, "INVALID_INPUT"),
    ({"vat_account": None}, 400, "INVALID_INPUT"),
    ({"vat_account": "98765432"}, 400, "ACCOUNT_NOT_FOUND"),
    ({"self_assess_account": "3806"}, 400, "INVALID_INPUT"),
    ({"is_system": True}, 400, "INVALID_INPUT"),
]


@pytest.mark.parametrize(("change", "status", "code"), REFUSED_CODES)
def test_a_code_that_cannot_be_is_refused(
    api: Api, change: dict[str, Any], status: int, code: str
) -> None:
    assert api.refused("POST", "/tax-codes", {**OWN, **change}) == (status, code)
    assert "UST5" not in codes(api, include_inactive="true")


def test_an_inactive_account_takes_no_tax(api: Api) -> None:
    inactive = next(
        number for number in ("3850", "3835", "3802") if number not in _active_accounts(api)
    )
    status, code = api.refused("POST", "/tax-codes", {**OWN, "vat_account": inactive})
    assert (status, code) in {(400, "ACCOUNT_INACTIVE"), (400, "ACCOUNT_NOT_FOUND")}


def _active_accounts(api: Api) -> set[str]:
    return {
        account["number"]
        for offset in range(0, 2500, 500)
        for account in api.ok("GET", "/accounts", params={"offset": offset})["accounts"]
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PATCH", "/tax-codes/UST19", {"label": "x"}, 409, "SYSTEM_TAX_CODE"),
        ("DELETE", "/tax-codes/VST19", None, 409, "SYSTEM_TAX_CODE"),
        ("PATCH", "/tax-codes/NONE", {"label": "x"}, 404, "TAX_CODE_NOT_FOUND"),
        ("DELETE", "/tax-codes/NONE", None, 404, "TAX_CODE_NOT_FOUND"),
        ("PATCH", "/tax-codes/UST5", {}, 400, "NO_CHANGES"),
        ("PATCH", "/tax-codes/UST5", {"vat_account": None}, 400, "INVALID_INPUT"),
        ("PATCH", "/tax-codes/UST5", {"vat_account": "9876"}, 400, "ACCOUNT_NOT_FOUND"),
    ],
)
def test_what_cannot_change_says_why(
    api: Api, method: str, path: str, body: Any, status: int, code: str
) -> None:
    api.ok("POST", "/tax-codes", OWN, 201)
    assert api.refused(method, path, body) == (status, code)


def test_settings_are_shown_and_changed(api: Api) -> None:
    before = api.ok("GET", "/settings")
    assert before == {
        "chart": "SKR04",
        "fiscal_year_start_month": 1,
        "vat_method": "soll",
        "vat_method_from": None,
        "datev_adviser_number": 1001,
        "datev_client_number": 1,
        "sepa_version": "09",
        "payment_run_four_eyes": False,
        "number_formats": {},
    }
    changes = {"datev_adviser_number": 29098, "payment_run_four_eyes": True}
    assert api.ok("PATCH", "/settings", changes) == {**before, **changes}


def test_the_chart_changes_until_the_first_posting(api: Api) -> None:
    api.ok("PATCH", "/settings", {"chart": "SKR03"})
    assert api.ok("GET", "/accounts/search", params={"q": "8400"})["accounts"][0]["type"] == (
        "revenue"
    )
    assert {"1200", "8400"} <= _active_accounts(api)
    assert "6815" not in _active_accounts(api)
    lines = [line("1200", 119), line("8400", 0, 119, tax_code="UST19")]
    api.ok("POST", "/bookings", booking(lines=lines))
    for change in ({"chart": "SKR04"}, {"fiscal_year_start_month": 7}):
        assert api.refused("PATCH", "/settings", change) == (409, "LEDGER_NOT_EMPTY")
    api.ok("PATCH", "/settings", {"chart": "SKR03", "sepa_version": "03"})


def test_the_chart_stays_while_a_bank_account_is_linked(api: Api) -> None:
    bank = {"name": "Giro", "iban": "DE02120300000000202051", "account_number": "1800"}
    api.ok("POST", "/bank-accounts", bank, 201)
    assert api.refused("PATCH", "/settings", {"chart": "SKR03"}) == (409, "LEDGER_NOT_EMPTY")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "NO_CHANGES"),
        ({"chart": "SKR49"}, "INVALID_INPUT"),
        ({"datev_client_number": 0}, "INVALID_INPUT"),
        ({"payment_days": 3}, "INVALID_INPUT"),
        ({"fiscal_year_start_month": 13}, "INVALID_INPUT"),
    ],
)
def test_settings_that_cannot_be_are_refused(api: Api, body: Any, code: str) -> None:
    assert api.refused("PATCH", "/settings", body) == (400, code)


def test_settings_belong_to_those_who_may_configure(tenant: Callable[..., Api]) -> None:
    reader = tenant(scopes=("config:read",))
    assert reader.ok("GET", "/settings")["chart"] == "SKR04"
    assert reader.refused("PATCH", "/settings", {"chart": "SKR03"}) == (403, "FORBIDDEN")
    stranger = tenant(scopes=("journal:read",))
    assert stranger.refused("GET", "/tax-codes") == (403, "FORBIDDEN")
