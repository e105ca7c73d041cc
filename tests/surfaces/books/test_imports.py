"""Many bookings as one job: as a whole, row by row, interrupted, and refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.imports import actions as imports
from kontorhaus.ledger.imports.model import ImportId
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.books.imports import tasks as import_tasks
from tests.surfaces.books.books_api import Api, booking, line

WRONG = {
    "lines": ({"lines": [line("1800", 1), line("4400", 0, 2)]}, "BALANCE_MISMATCH"),
    "account": ({"lines": [line("1800", 1), line("7654321", 0, 1)]}, "ACCOUNT_NOT_FOUND"),
    "code": (
        {"lines": [line("1800", 1), line("4400", 0, 1, tax_code="X")]},
        "INVALID_TAX_CODE",
    ),
    "shape": ({"colour": "red"}, "INVALID_INPUT"),
    "document": ({"document_id": str(uuid4())}, "DOCUMENT_NOT_FOUND"),
}


def ndjson(rows: list[Any]) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


def run(api: Api, content: bytes, mode: str) -> Any:
    """Ask for an import and work it off as the worker does."""
    job = api.ok("POST", "/bookings/bulk", content, 202, params={"mode": mode})["id"]
    assert api.ok("GET", f"/jobs/{job}")["status"] == "queued"
    work_off(api, job)
    return api.ok("GET", f"/jobs/{job}")


def work_off(api: Api, job: str) -> None:
    caller = Caller(api.caller.tenant_id, SYSTEM, "Europe/Berlin")
    import_tasks.import_bookings(api.resources, caller, import_id=job)


def many(count: int) -> list[dict[str, Any]]:
    return [
        booking(
            f"2026-0{1 + n % 9}-11", 1 + n, description=f"Zeile {n}", external_reference=f"R{n}"
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("mode", ["atomic", "per_row"])
@pytest.mark.parametrize("is_array", [True, False])
def test_rows_become_bookings_in_their_order(
    api: Api, mode: str, is_array: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "_ROWS_AT_ONCE", 7)
    rows = many(30)
    job = run(api, json.dumps(rows).encode() if is_array else ndjson(rows), mode)
    assert (job["status"], job["total"], job["processed"]) == ("done", 30, 30)
    assert (job["posted"], job["failed"], job["error"]) == (30, 0, None)
    assert [row["row"] for row in job["result"]] == list(range(1, 31))
    entry = api.ok("GET", f"/journal/{job['result'][4]['intent_id']}")["entries"][0]
    assert (entry["description"], entry["journal_number"]) == ("Zeile 4", 5)
    assert (entry["source"], entry["provenance_summary"]["channel"]) == ("import", "import")
    assert entry["provenance_summary"]["actor_type"] == "api_key"
    assert api.ok("GET", "/accounts/1800/entries")["balance"] == sum(range(1, 31))
    with begin(api.resources.database, api.caller, read_only=True) as work:
        assert list(ledger.verify(work)) == []
    page = api.ok("GET", f"/jobs/{job['id']}", params={"limit": 2, "offset": 28})
    assert [row["row"] for row in page["result"]] == [29, 30]


def test_each_refused_row_says_why_and_the_others_are_posted(api: Api) -> None:
    rows = [booking(amount=1), *(booking(amount=2) | change for change, _ in WRONG.values())]
    twin = booking(amount=3, external_reference="T", skip_duplicate_check=False)
    content = ndjson([*rows, twin, twin]) + b"\n{nonsense\n"
    job = run(api, content, "per_row")
    assert (job["status"], job["posted"], job["failed"]) == ("done", 2, len(WRONG) + 2)
    codes = [row["error"] and row["error"]["code"] for row in job["result"]]
    wanted = [code for _, code in WRONG.values()]
    assert codes == [None, *wanted, None, "DUPLICATE_SUSPECTED", "INVALID_INPUT"]
    twin_id = job["result"][-3]["intent_id"]
    assert job["result"][-2]["error"]["details"] == {"intent_id": twin_id}
    assert "colour" in job["result"][4]["error"]["details"]
    shown = api.ok("GET", f"/jobs/{job['id']}", params={"rows": "failed"})["result"]
    assert [row["row"] for row in shown] == [2, 3, 4, 5, 6, 8, 9]


@pytest.mark.parametrize("kind", list(WRONG))
def test_one_refused_row_refuses_the_whole(api: Api, kind: str) -> None:
    change, code = WRONG[kind]
    job = run(api, ndjson([booking(amount=1), booking(amount=2) | change]), "atomic")
    assert (job["status"], job["error"]["code"]) == ("failed", "ROWS_REFUSED")
    assert [(row["row"], row["error"]["code"]) for row in job["result"]] == [(2, code)]
    assert (job["posted"], job["failed"], job["total"]) == (0, 1, 2)
    assert api.ok("GET", "/journal")["entries"] == []


@pytest.mark.parametrize("mode", ["atomic", "per_row"])
def test_a_job_that_runs_twice_posts_once(
    api: Api, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "_ROWS_AT_ONCE", 20)
    body = ndjson(many(120))
    job = api.ok("POST", "/bookings/bulk", body, 202, params={"mode": mode})["id"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: work_off(api, job), range(2)))
    work_off(api, job)
    found = api.ok("GET", f"/jobs/{job}")
    assert (found["status"], found["posted"], found["processed"]) == ("done", 120, 120)
    assert len(api.ok("GET", "/journal", params={"limit": 1000})["entries"]) == 120


def test_an_interrupted_job_goes_on_where_it_stood(api: Api) -> None:
    rows = many(5)
    job = api.ok("POST", "/bookings/bulk", ndjson(rows), 202, params={"mode": "per_row"})["id"]
    bookings = list(import_tasks.import_wire.bookings(ndjson(rows[:2])))
    with begin(api.resources.database, api.caller) as work:
        its_id = ImportId(UUID(job))
        assert imports.book_rows(work, import_id=its_id, first_row=1, bookings=bookings)
    work_off(api, job)
    found = api.ok("GET", f"/jobs/{job}")
    assert (found["posted"], [row["row"] for row in found["result"]]) == (5, [1, 2, 3, 4, 5])
    assert len(api.ok("GET", "/journal")["entries"]) == 5


def test_a_body_without_bookings_or_with_too_many_fails(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api.refused("POST", "/bookings/bulk", b"") == (400, "INVALID_INPUT")
    assert run(api, b"[]", "atomic")["error"]["code"] == "INVALID_INPUT"
    monkeypatch.setattr(import_tasks, "MAX_ROWS", 2)
    job = run(api, ndjson(many(3)), "per_row")
    assert (job["status"], job["error"]["code"], job["posted"]) == ("failed", "INVALID_INPUT", 0)
    assert api.refused("POST", "/bookings/bulk", b"x", params={"mode": "all"})[0] == 400


def test_the_body_may_be_larger_than_others_but_not_beyond_64_mebibytes(api: Api) -> None:
    path = "/bookings/bulk"
    content = b"\n" * 11_000_000 + ndjson(many(1))
    assert run(api, content, "per_row")["posted"] == 1
    response = api("POST", path, b" ", headers={"Content-Length": str(64 * 1024 * 1024 + 1)})
    assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")


def test_after_many_rows_the_planner_knows_the_tenant(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "_MANY_ROWS", 50)
    run(api, ndjson(many(60)), "atomic")
    with begin(api.resources.database, api.caller, read_only=True) as work:
        found = work.connection.execute(
            "select reltuples from pg_class where oid = 'event'::regclass"
        ).fetchone()
    assert found is not None
    assert found[0] >= 60


def test_a_repeated_key_asks_once(api: Api) -> None:
    key = {"Idempotency-Key": "abc"}
    first, again = (
        api.ok("POST", "/bookings/bulk", ndjson(many(1)), 202, headers=key) for _ in range(2)
    )
    assert first == again
    other = api.refused("POST", "/bookings/bulk", ndjson(many(2)), headers=key)
    assert other == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_job_of_somebody_else_is_not_there(api: Api) -> None:
    assert api.refused("GET", f"/jobs/{uuid4()}") == (404, "NOT_FOUND")
    assert api.refused("GET", "/jobs/x") == (400, "INVALID_INPUT")
