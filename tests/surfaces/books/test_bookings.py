"""Bookings, opening balances and reversals over HTTP, with every way in which they are refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kontorhaus.ledger import queries as ledger
from kontorhaus.runtime.work import begin
from tests.surfaces.books.books_api import Api, booking, line

FX = {"currency": "USD", "amount": 110, "rate": 1.1, "rate_date": "2026-03-01", "source": "ECB"}


def lock(api: Api, period: str) -> None:
    with begin(api.resources.database, api.caller) as work:
        work.connection.execute(
            "insert into period (tenant_id, period, state) values (%s, %s, 'soft_locked')"
            " on conflict (tenant_id, period) do update set state = 'soft_locked'",
            (work.tenant_id, period),
        )


def findings(api: Api) -> list[Any]:
    with begin(api.resources.database, api.caller, read_only=True) as work:
        return list(ledger.verify(work))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": [line("1800", 1), line("4400", 0, 2)]}, "BALANCE_MISMATCH"),
        ({"lines": [line("1800", 1), line("4401234", 0, 1)]}, "ACCOUNT_NOT_FOUND"),
        (
            {"lines": [line("1800", 1), line("4400", 0, 1, tax_code="UST99")]},
            "INVALID_TAX_CODE",
        ),
        (
            {"lines": [line("6300", 1, tax_code="VST19"), line("4400", 0, 1, tax_code="UST19")]},
            "TAX_LINES_MIXED",
        ),
        (
            {
                "lines": [
                    line("1800", 138),
                    line("4400", 0, 119, tax_code="UST19"),
                    line("3806", 0, 19),
                ]
            },
            "TAX_LINES_MIXED",
        ),
        ({"lines": [line("1800", 1, 1), line("4400", 1, 1)]}, "INVALID_INPUT"),
        ({"lines": [line("1800", 2, -1), line("4400", 0, 3)]}, "INVALID_INPUT"),
        ({"lines": [line("1800", 0.001), line("4400", 0, 0.001)]}, "INVALID_INPUT"),
        ({"lines": []}, "INVALID_INPUT"),
        ({"description": "x" * 501}, "INVALID_INPUT"),
        ({"booking_date": "2026-02-30"}, "INVALID_INPUT"),
        ({"external_reference": "x" * 501}, "INVALID_INPUT"),
        ({"adjustment_period": 15}, "INVALID_INPUT"),
        ({"adjustment_period": 13}, "INVALID_INPUT"),
        ({"fx": {**FX, "currency": "EUR"}}, "INVALID_INPUT"),
        ({"fx": {**FX, "amount": 111}}, "INVALID_INPUT"),
        ({"fx": {**FX, "amount": 110.001}}, "INVALID_INPUT"),
        ({"fx": {**FX, "rate": 0}}, "INVALID_INPUT"),
        ({"fx": {**FX, "source": "guess"}}, "INVALID_INPUT"),
        ({"fx": {name: FX[name] for name in FX if name != "source"}}, "INVALID_INPUT"),
        ({"custom_metadata": {f"k{n}": n for n in range(21)}}, "INVALID_INPUT"),
        ({"custom_metadata": {"k" * 65: 1}}, "INVALID_INPUT"),
        ({"custom_metadata": {"k": "v" * 257}}, "INVALID_INPUT"),
        ({"custom_metadata": {f"k{n}": "ä" * 150 for n in range(20)}}, "INVALID_INPUT"),
        ({"custom_metadata": {"k": {"deep": 1}}}, "INVALID_INPUT"),
        ({"custom_metadata": {"k": [1]}}, "INVALID_INPUT"),
        ({"document_id": "x"}, "INVALID_INPUT"),
    ],
)
def test_a_wrong_booking_is_refused(api: Api, change: dict[str, Any], code: str) -> None:
    assert api.refused("POST", "/bookings", {**booking(), **change}) == (400, code)


def test_fx_and_self_assessed_tax_do_not_go_together(api: Api) -> None:
    lines = [line("5920", 100, tax_code="VST-13B19"), line("1800", 0, 100)]
    assert api.ok("POST", "/bookings", booking(lines=lines))["event_count"] == 2
    body = booking(lines=lines, fx=FX)
    assert api.refused("POST", "/bookings", body) == (400, "INVALID_INPUT")


def test_an_unknown_document_is_named(api: Api) -> None:
    body = booking(document_id=str(uuid4()))
    assert api.refused("POST", "/bookings", body) == (404, "DOCUMENT_NOT_FOUND")


def test_a_locked_period_takes_nothing(api: Api) -> None:
    original = api.ok("POST", "/bookings", booking("2026-02-03"))["intent_id"]
    lock(api, "2026-02")
    assert api.refused("POST", "/bookings", booking("2026-02-28")) == (400, "PERIOD_LOCKED")
    body = {"intent_id": original, "posting_mode": "original_period"}
    assert api.refused("POST", "/journal/reverse", body) == (400, "PERIOD_LOCKED")
    assert api.ok("POST", "/journal/reverse", {"intent_id": original})["event_count"] == 1


def test_a_repeated_booking_is_suspected_by_text_or_reference(api: Api) -> None:
    body = booking(skip_duplicate_check=False, external_reference="RE-1", description="Miete  MÄRZ")
    first = api.ok("POST", "/bookings", body)["intent_id"]
    for change in ({"description": "miete märz"}, {"description": "anders"}):
        response = api("POST", "/bookings", {**body, **change})
        assert (response.status_code, response.json()["code"]) == (409, "DUPLICATE_SUSPECTED")
        assert response.json()["details"] == {"intent_id": first}
    other = {"description": "anders", "external_reference": "RE-2"}
    api.ok("POST", "/bookings", {**body, **other})
    api.ok("POST", "/bookings", {**body, "skip_duplicate_check": True})
    api.ok("POST", "/journal/reverse", {"intent_id": first})


def test_the_five_fx_fields_metadata_and_reference_stay_with_the_booking(api: Api) -> None:
    metadata = {"order": "A-1", "count": 3, "share": Decimal("0.50"), "paid": True, "note": None}
    text = (
        '{"booking_date": "2026-03-02", "description": "Server \\u00fc", "fx": {"currency": "USD",'
        ' "amount": 110, "rate": 1.1, "rate_date": "2026-03-01", "source": "ECB"},'
        ' "external_reference": "EXT-1", "custom_metadata": {"order": "A-1", "count": 3,'
        ' "share": 0.50, "paid": true, "note": null}, "lines": [{"account_number": "6300",'
        ' "account_name": "any", "debit": 100.00, "credit": 0}, {"account_number": "1800",'
        ' "debit": 0, "credit": 100}]}'
    )
    made = api.ok("POST", "/bookings", text.encode())
    entry = api.ok("GET", "/journal", params={"externalReference": "EXT-1"})["entries"][0]
    assert (entry["fx_currency"], entry["fx_amount"]) == ("USD", 110)
    assert entry["custom_metadata"] == metadata
    detail = api.ok("GET", f"/journal/{made['intent_id']}")
    assert detail["metadata"]["custom_metadata"] == metadata
    assert detail["metadata"]["external_reference"] == "EXT-1"
    assert findings(api) == []


def test_numbers_of_any_form_in_metadata_leave_the_chain_whole(api: Api) -> None:
    numbers = b'{"a": 0.0, "b": 1e5, "c": 1.50, "d": -0, "e": 100000000000000000000, "f": 2.0}'
    body = (
        b'{"booking_date": "2026-03-02", "description": "x", "custom_metadata": ' + numbers + b","
        b'"lines": [{"account_number": "6300", "debit": 1, "credit": 0},'
        b'{"account_number": "1800", "debit": 0, "credit": 1}]}'
    )
    api.ok("POST", "/bookings", body)
    assert findings(api) == []


def test_closing_periods_take_the_last_day_of_the_fiscal_year(api: Api) -> None:
    for period in (13, 14):
        made = api.ok("POST", "/bookings", booking("2025-12-31", adjustment_period=period))
        detail = api.ok("GET", f"/journal/{made['intent_id']}")
        assert detail["summary"]["period"] == f"2025-P{period}"
        body = {"intent_id": made["intent_id"], "posting_mode": "original_period"}
        back = api.ok("POST", "/journal/reverse", body)["reversal_intent_id"]
        assert api.ok("GET", f"/journal/{back}")["summary"]["period"] == f"2025-P{period}"


def test_a_reversal_mirrors_every_event_and_is_linked_both_ways(api: Api) -> None:
    lines = [line("1800", 119), line("4400", 0, 119, tax_code="UST19")]
    original = api.ok("POST", "/bookings", booking(lines=lines))["intent_id"]
    body = {"intent_id": original, "reason": "Irrtum"}
    made = api.ok("POST", "/journal/reverse", body)
    assert made["event_count"] == 2
    reversal = api.ok("GET", f"/journal/{made['reversal_intent_id']}")
    assert reversal["linked_intents"]["reverses"] == original
    shown = api.ok("GET", f"/journal/{original}")
    assert shown["linked_intents"]["reversed_by"] == made["reversal_intent_id"]
    assert shown["summary"]["is_reversed"]
    swapped = [(e["account_credit"], e["account_debit"], e["amount"]) for e in shown["entries"]]
    assert swapped == [
        (e["account_debit"], e["account_credit"], e["amount"]) for e in reversal["entries"]
    ]
    for again in (original, made["reversal_intent_id"]):
        refusal = api.refused("POST", "/journal/reverse", {"intent_id": again})
        assert refusal == (409, "ALREADY_REVERSED")
    body = {"intent_id": str(uuid4())}
    assert api.refused("POST", "/journal/reverse", body) == (404, "NOT_FOUND")
    assert api.refused("POST", "/journal/reverse", {"intent_id": "x"}) == (400, "INVALID_INPUT")


def test_two_reversals_at_once_make_one(api: Api) -> None:
    original = api.ok("POST", "/bookings", booking())["intent_id"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: api("POST", "/journal/reverse", {"intent_id": original}), range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert api.ok("GET", "/accounts/1800/entries")["balance"] == 0


OPENING = {
    "booking_date": "2026-01-01",
    "balances": [
        {"account_number": "0650", "account_name": "Büro", "debit": 5000, "credit": 0},
        {"account_number": "1800", "account_name": "Bank", "debit": 2500.50, "credit": 0},
        {"account_number": "1600", "account_name": "Kasse", "debit": 0, "credit": 0},
        {"account_number": "2900", "account_name": "Kapital", "debit": 0, "credit": 7500.50},
    ],
}


def opening(*balances: dict[str, Any], day: str = "2026-01-01") -> dict[str, Any]:
    return {"booking_date": day, "balances": [{"account_name": "", **each} for each in balances]}


def test_opening_balances_stand_against_9000_in_one_booking(api: Api) -> None:
    made = api.ok("POST", "/bookings/opening-balances", OPENING)
    assert made["event_count"] == 3
    assert made["total_debit"] == made["total_credit"] == Decimal("7500.50")
    entries = api.ok("GET", f"/journal/{made['intent_id']}")["entries"]
    assert [(e["account_debit"], e["account_credit"], e["amount"]) for e in entries] == [
        ("0650", "9000", 5000),
        ("1800", "9000", Decimal("2500.50")),
        ("9000", "2900", Decimal("7500.50")),
    ]
    assert api.ok("GET", "/accounts/9000/entries")["balance"] == 0


def test_opening_balances_are_there_once_a_day_and_never_behind_a_posting(api: Api) -> None:
    path = "/bookings/opening-balances"
    first = api.ok("POST", path, OPENING)["intent_id"]
    response = api("POST", path, OPENING)
    assert response.json()["code"] == "OPENING_BALANCES_EXIST"
    assert (response.status_code, response.json()["details"]) == (409, {"intent_id": first})
    later = {**OPENING, "booking_date": "2026-02-01"}
    assert api.refused("POST", path, later) == (409, "OPENING_BALANCES_EXIST")
    earlier = {**OPENING, "booking_date": "2025-12-01"}
    assert api.refused("POST", path, earlier) == (409, "OPENING_BALANCES_EXIST")
    body = {"intent_id": first, "posting_mode": "original_period"}
    api.ok("POST", "/journal/reverse", body)
    second = api.ok("POST", path, OPENING)["intent_id"]
    api.ok("POST", "/journal/reverse", {"intent_id": second, "posting_mode": "original_period"})
    api.ok("POST", path, later)


def test_a_posting_of_a_balance_sheet_account_begins_the_ledger(api: Api) -> None:
    api.ok("POST", "/bookings", booking("2025-12-31", lines=[line("6300", 1), line("6310", 0, 1)]))
    api.ok("POST", "/bookings", booking("2026-01-01"))
    api.ok("POST", "/bookings/opening-balances", OPENING)
    api.ok("POST", "/bookings", booking("2025-12-30"))
    body = {**OPENING, "booking_date": "2025-12-31"}
    refusal = api.refused("POST", "/bookings/opening-balances", body)
    assert refusal == (409, "OPENING_BALANCES_EXIST")


def test_two_sets_at_once_make_one(api: Api) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: api("POST", "/bookings/opening-balances", OPENING), range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


BANK = {"account_number": "1800", "debit": 10, "credit": 0}
EQUITY = {"account_number": "2900", "debit": 0, "credit": 10}


@pytest.mark.parametrize(
    ("balances", "code"),
    [
        ([BANK], "BALANCE_MISMATCH"),
        ([{**BANK, "debit": 0}], "BALANCE_MISMATCH"),
        ([{**BANK, "credit": 10}], "INVALID_BALANCE_ENTRY"),
        ([BANK, {**EQUITY, "account_number": "4400"}], "ACCOUNT_TYPE_NOT_ALLOWED"),
        ([BANK, {**EQUITY, "account_number": "9000"}], "ACCOUNT_TYPE_NOT_ALLOWED"),
        ([BANK, {**EQUITY, "account_number": "8888888"}], "ACCOUNTS_NOT_FOUND"),
        ([BANK, {**EQUITY, "credit": -10}], "INVALID_INPUT"),
        ([], "INVALID_INPUT"),
    ],
)
def test_wrong_opening_balances_are_refused(api: Api, balances: list[Any], code: str) -> None:
    refusal = api.refused("POST", "/bookings/opening-balances", opening(*balances))
    assert refusal == (400, code)


def test_opening_balances_need_an_open_period_and_account_9000(api: Api) -> None:
    lock(api, "2026-01")
    path = "/bookings/opening-balances"
    assert api.refused("POST", path, OPENING) == (400, "PERIOD_LOCKED")
    with begin(api.resources.database, api.caller) as work:
        work.connection.execute(
            "update account set is_active = false where tenant_id = %s and number = '9000'",
            (work.tenant_id,),
        )
    assert api.refused("POST", path, OPENING) == (400, "ACCOUNT_9000_MISSING")


def test_today_is_the_day_of_a_reversal(api: Api) -> None:
    original = api.ok("POST", "/bookings", booking("2026-01-05"))["intent_id"]
    made = api.ok("POST", "/journal/reverse", {"intent_id": original})
    day = api.ok("GET", f"/journal/{made['reversal_intent_id']}")["summary"]["booking_date"]
    assert abs((date.fromisoformat(day) - date.today()).days) <= 1
