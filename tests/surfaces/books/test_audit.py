"""The audit trail over HTTP: what was done is found, page by page, and taken out as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.runtime import secret
from kontorhaus.runtime.work import begin
from tests.surfaces.books.books_api import Api, booking


@pytest.fixture
def busy(api: Api) -> Api:
    """A company in which a customer was made and renamed, and something was booked."""
    made = api.ok("POST", "/customers", {"name": "Anna Berg"}, status=201)
    api.ok("PUT", f"/customers/{made['id']}", {"name": "Anna Berg-Hansen"})
    api.ok("POST", "/bookings", booking())
    return api


def records(api: Api, **question: Any) -> list[dict[str, Any]]:
    return list(api.ok("GET", "/audit", params=question)["records"])


def test_a_record_says_who_when_what_and_with_which_request(busy: Api) -> None:
    answer = busy("POST", "/accounts", {"number": "6899", "name": "Kaffee", "type": "expense"})
    (found,) = records(busy, action="ledger.account_added")
    assert found["request_id"] == answer.headers["x-request-id"]
    assert (found["subject"], found["subject_id"]) == ("account", "6899")
    assert found["actor"]["kind"] == "api_key"
    assert found["actor"]["label"] == "test"
    assert found["details"] == {"name": "Kaffee", "type": "expense"}
    assert found["at"].endswith("Z")


def test_a_change_tells_before_and_after(busy: Api) -> None:
    (found,) = records(busy, action="contacts.changed")
    assert found["details"] == {"name": ["Anna Berg", "Anna Berg-Hansen"]}


QUESTIONS = [
    ({"action": "ledger"}, {"ledger.posted", "ledger.account_renamed"}),
    ({"action": "ledger.posted"}, {"ledger.posted"}),
    ({"action": "led"}, set()),
    ({"subject": "party"}, {"contacts.created", "contacts.changed"}),
    ({"text": "berg-hansen"}, {"contacts.changed", "ledger.account_renamed"}),
    ({"text": "%"}, set()),
    ({"actor": "TEST", "subject": "intent"}, {"ledger.posted"}),
    ({"actor": "nobody"}, set()),
    ({"actor": str(uuid4())}, set()),
    ({"start_date": "2199-01-01"}, set()),
    ({"end_date": "2001-01-01"}, set()),
    ({"start_date": "2001-01-01", "subject": "intent"}, {"ledger.posted"}),
    ({"request_id": str(uuid4())}, set()),
]


@pytest.mark.parametrize(("question", "expected"), QUESTIONS)
def test_records_are_found_by(busy: Api, question: dict[str, str], expected: set[str]) -> None:
    assert {found["action"] for found in records(busy, **question)} == expected


def test_records_are_found_by_subject_request_and_person(busy: Api) -> None:
    (changed,) = records(busy, action="contacts.changed")
    of_party = records(busy, subject="party", subject_id=changed["subject_id"])
    assert [found["action"] for found in of_party] == ["contacts.changed", "contacts.created"]
    with_it = records(busy, request_id=changed["request_id"])
    assert {found["action"] for found in with_it} == {"contacts.changed", "ledger.account_renamed"}
    assert changed in records(busy, actor=changed["actor"]["user_id"])
    assert changed in records(busy, actor=changed["actor"]["id"])


def test_pages_follow_one_another_without_a_gap(busy: Api) -> None:
    whole = records(busy, limit=200)
    walked, before = [], {}
    while True:
        page = busy.ok("GET", "/audit", params={"limit": 2, **before})
        walked += page["records"]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert walked == whole
    assert len(walked) > 4
    times = [found["at"] for found in walked]
    assert times == sorted(times, reverse=True)


def test_an_export_in_json_is_the_list_from_the_other_end(busy: Api) -> None:
    answer = busy("GET", "/audit/export", params={"format": "ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    shown = records(busy, limit=200)
    assert [line["id"] for line in lines] == [found["id"] for found in reversed(shown)]
    assert [line["details"] for line in lines] == [found["details"] for found in reversed(shown)]


def test_an_export_for_a_spreadsheet_computes_nothing(busy: Api) -> None:
    with begin(busy.resources.database, busy.caller) as work:
        owner = identity.create_user(work, email=f"{uuid4().hex}@example.org", role="owner")
        key = identity.create_api_key(
            work,
            secret=secret.of(busy.resources.config.home),
            surface="books",
            name="=cmd|' /C calc'!A0",
            created_by=owner,
        )
    busy.with_token(key.token).ok("POST", "/vendors", {"name": "@SUM(1)"}, status=201)
    answer = busy("GET", "/audit/export", params={"subject": "party"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[-1][1] == "'=cmd|' /C calc'!A0"
    computed = tuple("=+-@\t\r\n＝＋－＠")
    assert not [cell for row in rows for cell in row if cell.startswith(computed)]
    assert json.loads(rows[-1][-1])["name"] == "@SUM(1)"


def test_nobody_sees_what_was_done_elsewhere(busy: Api, tenant: Callable[..., Api]) -> None:
    other = tenant()
    assert "Berg" not in other("GET", "/audit/export").text
    assert records(other, text="Berg") == []


@pytest.mark.parametrize(
    "question", [{"limit": 0}, {"limit": 201}, {"request_id": "x"}, {"start_date": "2026-1-1"}]
)
def test_a_question_that_cannot_be_asked_is_refused(api: Api, question: dict[str, Any]) -> None:
    assert api.refused("GET", "/audit", params=question) == (400, "INVALID_INPUT")


def test_a_key_without_the_scope_reads_no_audit_trail(tenant: Callable[..., Api]) -> None:
    narrow = tenant(scopes=("journal:read",))
    assert narrow.refused("GET", "/audit") == (403, "FORBIDDEN")
    assert narrow.refused("GET", "/audit/export") == (403, "FORBIDDEN")
