"""Accounts of one's own, the search for accounts, and account pages over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from kontorhaus.identity.model import TenantSettings
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import ReportGroup
from tests.surfaces.books.books_api import Api, booking, line

OWN = {
    "number": "4711",
    "name": "Kölner Nebenerlöse",
    "type": "revenue",
    "category": "1",
    "report_group": "revenue",
}


def pages(api: Api, path: str, limit: int, **query: Any) -> list[Any]:
    """All entries by cursor."""
    entries: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.ok("GET", path, params={"limit": limit, **query, **cursor})
        assert len(page["entries"]) <= limit
        entries += page["entries"]
        if page["next_cursor"] is None:
            return entries
        cursor = {"cursor": page["next_cursor"]}


def test_every_report_group_of_the_charts_can_be_given() -> None:
    known = {a.report_group for name in charts.CHARTS for a in charts.chart(name).values()}
    assert set(get_args(ReportGroup)) <= known
    assert known - set(get_args(ReportGroup)) == {"appropriation", "statistical"}


def test_an_account_of_ones_own_is_listed_found_and_reported(api: Api) -> None:
    made = api.ok("POST", "/accounts", OWN, 201)
    assert made == {**OWN, "is_system": False}
    listed = [
        account
        for offset in range(0, 2000, 500)
        for account in api.ok("GET", "/accounts", params={"offset": offset})["accounts"]
    ]
    assert made in listed
    found = api.ok("GET", "/accounts/search", params={"q": "kölner neb"})["accounts"]
    assert found == [{"number": "4711", "name": OWN["name"], "type": "revenue"}]
    api.ok("POST", "/bookings", booking(lines=[line("1800", 50), line("4711", 0, 50)]))
    rows = api.ok("GET", "/reports", params={"type": "guv", "endDate": "2026-12-31"})
    assert [row["number"] for row in rows] == ["4711"]
    assert api.refused("POST", "/accounts", OWN) == (409, "DUPLICATE_ACCOUNT")


@pytest.mark.parametrize(
    "change",
    [
        {"number": "47a1"},
        {"number": "123456789"},
        {"number": ""},
        {"name": "x" * 256},
        {"type": "income"},
        {"report_group": "anything"},
        {"number": "10099"},
        {"colour": "red"},
    ],
)
def test_a_wrong_account_is_refused(api: Api, change: dict[str, str]) -> None:
    assert api.refused("POST", "/accounts", OWN | change) == (400, "INVALID_INPUT")


def test_a_five_digit_account_is_a_personal_one(api: Api) -> None:
    body = {"number": "10000", "name": "Diverse Debitoren", "type": "asset"}
    assert api.ok("POST", "/accounts", body, 201)["report_group"] == "other_assets"
    assert api.ok("GET", "/accounts/search", params={"q": "10000"})["accounts"]
    assert api.ok("GET", "/accounts")["total"] == sum(
        a.is_active for a in charts.chart("SKR04").values()
    )


def test_the_search_takes_number_beginnings_names_and_types(api: Api) -> None:
    def search(**query: str) -> list[Any]:
        found: list[Any] = api.ok("GET", "/accounts/search", params=query)["accounts"]
        return found

    assert len(search()) == 50
    assert all(a["number"].startswith("18") for a in search(q="18")[:5])
    assert {a["type"] for a in search(type="revenue")} == {"revenue"}
    assert search(q="100%_sicher") == []
    assert api.refused("GET", "/accounts/search", params={"type": "x"}) == (400, "INVALID_INPUT")


def test_an_account_page_carries_its_running_balance_from_cursor_to_cursor(api: Api) -> None:
    days = ["2026-01-31", "2026-02-03", "2026-02-03", "2026-02-20", "2026-03-01", "2026-03-30"]
    for number, day in enumerate(days, 1):
        api.ok("POST", "/bookings", booking(day, number))
    api.ok("POST", "/bookings", booking("2026-02-03", lines=[line("4400", 9), line("1800", 0, 9)]))
    whole = api.ok("GET", "/accounts/1800/entries")
    assert [entry["balance"] for entry in whole["entries"]] == [1, 3, 6, -3, 1, 6, 12]
    assert whole["balance"] == 12
    for limit in (1, 2, 3, 7):
        assert pages(api, "/accounts/1800/entries", limit) == whole["entries"]
    part = {"startDate": "2026-02-03", "endDate": "2026-03-01"}
    assert pages(api, "/accounts/1800/entries", 2, **part) == whole["entries"][1:6]
    assert api.ok("GET", "/accounts/1800/entries", params=part)["balance"] == 6
    assert api.ok("GET", "/accounts/4400/entries", params=part)["balance"] == -6
    empty = {"startDate": "2026-04-01", "endDate": "2026-02-19"}
    page = api.ok("GET", "/accounts/1800/entries", params=empty)
    assert (page["entries"], page["balance"]) == ([], -3)


def test_closing_periods_count_with_the_last_month_of_the_fiscal_year(
    tenant: Callable[..., Api],
) -> None:
    api = tenant(TenantSettings(fiscal_year_start_month=7))
    api.ok("POST", "/bookings", booking("2026-06-30", 10))
    api.ok("POST", "/bookings", booking("2026-06-30", 5, adjustment_period=13))
    api.ok("POST", "/bookings", booking("2026-07-01", 1))
    for first, last, balance, before in (
        ("2026-06-30", "2026-06-30", 15, 10),
        ("2026-07-01", "2026-07-20", 16, 16),
        ("2026-06-02", "2026-06-29", 0, None),
    ):
        query = {"startDate": first, "endDate": last}
        page = api.ok("GET", "/accounts/1800/entries", params=query)
        assert page["balance"] == balance
        assert [e["balance"] for e in page["entries"]][:1] == ([before] if before else [])


def test_an_unknown_account_and_a_wrong_cursor_are_refused(api: Api) -> None:
    assert api.refused("GET", "/accounts/98765/entries") == (404, "NOT_FOUND")
    for cursor in ("x", "MjAyNi0xMy0wMS8x", "é", ""):
        query = {"cursor": cursor}
        assert api.refused("GET", "/accounts/1800/entries", params=query)[0] == 400
        assert api.refused("GET", "/journal", params=query)[0] == 400


def test_the_journal_is_walked_whole_while_it_grows(api: Api) -> None:
    days = ["2026-01-31", "2026-02-03", "2026-02-03", "2026-03-01", "2026-03-01"]
    for number, day in enumerate(days, 1):
        api.ok("POST", "/bookings", booking(day, number))
    whole = api.ok("GET", "/journal")["entries"]
    assert [entry["amount"] for entry in whole] == [5, 4, 3, 2, 1]
    first = api.ok("GET", "/journal", params={"limit": 2})
    api.ok("POST", "/bookings", booking("2026-03-05", 6))
    rest = pages(api, "/journal", 2, cursor=first["next_cursor"])
    assert first["entries"] + rest == whole
    query = {"account": "1800", "startDate": "2026-02-01", "endDate": "2026-03-01"}
    assert pages(api, "/journal", 1, **query) == whole[:4]
    query = {"limit": "2", "offset": "3"}
    assert api.ok("GET", "/journal", params=query)["entries"] == whole[2:4]


def test_the_journal_is_searched_by_text_number_and_reference(api: Api) -> None:
    api.ok("POST", "/bookings", booking("2026-01-05", 1, description="Miete 100%_x"))
    api.ok("POST", "/bookings", booking("2026-01-06", 2, external_reference="RE-77"))
    api.ok("POST", "/bookings", booking("2026-01-07", 3, external_reference="RE-777"))
    lines = [line("1600", 4), line("4400", 0, 4)]
    api.ok("POST", "/bookings", booking("2026-01-08", 4, lines=lines))

    def amounts(**query: Any) -> list[Any]:
        return [entry["amount"] for entry in pages(api, "/journal", 1, **query)]

    assert amounts(search="miete") == [1]
    assert amounts(search="100%_") == [1]
    assert amounts(search="0%m") == []
    assert amounts(search="re-77") == [3, 2]
    assert amounts(search="1600") == [4]
    assert amounts(externalReference="RE-77") == [2]
    assert amounts(externalReference="RE-77", search="Beleg", account="1800") == [2]
    assert amounts(externalReference="RE-77", search="Miete") == []
    assert amounts(search="re-77", account="1600") == []
    query = {"search": "Beleg", "offset": "1", "limit": "1"}
    assert [e["amount"] for e in api.ok("GET", "/journal", params=query)["entries"]] == [3]
