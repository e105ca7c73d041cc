"""Many documents as one job: made, refused, interrupted, asked for twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from kontorhaus.invoicing.runs import actions as runs
from kontorhaus.invoicing.runs import judging
from kontorhaus.invoicing.runs.model import RunId
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.periods import actions as periods
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.billing.runs import tasks as run_tasks
from kontorhaus.surfaces.billing.runs import wire
from tests.surfaces.billing.billing_api import CLIENT, LINES, Api

DAY = "2026-03-02"


def row(place: int, **more: Any) -> dict[str, Any]:
    lines = [{"title": f"Hosting {place}", "quantity": 2, "netPrice": 10 + place}]
    return {
        "type": "invoice",
        "date": DAY,
        "client": {**CLIENT, "name": f"Kunde {place} GmbH", "clientNumber": f"K-{place}"},
        "lines": lines,
        "finalized": True,
        **more,
    }


def ndjson(rows: list[Any]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in rows)


def ask(api: Api, content: bytes) -> str:
    job: str = api.ok("POST", "/documents/bulk", content, 202)["id"]
    return job


def caller_of(resources: Resources, job: str) -> Caller:
    with resources.database.connection() as connection:
        found = connection.execute(
            "select args from procrastinate_jobs where args->'arguments'->>'run_id' = %(id)s",
            {"id": job},
        ).fetchone()
    assert found is not None
    return Caller(found[0]["tenant_id"], SYSTEM, found[0]["time_zone"])


def work_off(resources: Resources, job: str) -> None:
    run_tasks.make_documents(resources, caller_of(resources, job), run_id=job)


def run(api: Api, resources: Resources, content: bytes) -> Any:
    job = ask(api, content)
    assert api.ok("GET", f"/jobs/{job}")["status"] == "queued"
    work_off(resources, job)
    return api.ok("GET", f"/jobs/{job}")


def plain(shown: Any) -> Any:
    """A document without what two of them never share."""
    return {
        name: value
        for name, value in shown.items()
        if name not in ("id", "number", "createdAt", "finalizedDate")
    }


@pytest.mark.parametrize("is_array", [True, False])
def test_rows_become_documents_in_their_order(
    api: Api, resources: Resources, is_array: bool
) -> None:
    rows = [row(n, exportType=("factur-x", "xrechnung", "pdf")[n % 3]) for n in range(7)]
    found = run(api, resources, json.dumps(rows).encode() if is_array else ndjson(rows))
    assert (found["status"], found["total"], found["processed"]) == ("done", 7, 7)
    assert (found["made"], found["failed"], found["filed"], found["error"]) == (7, 0, 7, None)
    assert [each["number"] for each in found["result"]] == [f"RE-2026-{n:04}" for n in range(1, 8)]
    assert [each["row"] for each in found["result"]] == list(range(1, 8))
    for each, given in zip(found["result"], rows, strict=True):
        document = api.ok("GET", f"/documents/{each['id']}")
        assert document["finalized"] is True
        assert document["client"]["name"] == given["client"]["name"]


def test_a_run_makes_what_single_calls_make(
    tenant: Callable[..., Api], resources: Resources
) -> None:
    """Documents, journal, open items and audit trail are the same, only quicker."""
    alone, together = tenant(), tenant()
    for api in (alone, together):
        api.ok("POST", "/contacts", {**CLIENT, "clientNumber": "K-1", "name": "Erste AG"}, 201)
    rows = [
        row(1),
        row(2, lines=LINES, discountRate=10, exportType="factur-x"),
        row(3, lines=[{"title": "Buch", "grossPrice": 10.7, "vatRate": 7}], priceLayout="gross"),
        row(4, vatRegulation="reverse-charge", client={**CLIENT, "taxNumber": "DE136695976"}),
        row(2, serviceDate="2026-02-01", serviceDateEnd="2026-02-28"),
    ]
    for each in rows:
        alone.ok("POST", "/documents", each, 201)
    job = ask(together, ndjson(rows))
    work_off(resources, job)
    listed = [
        [
            plain(api.ok("GET", f"/documents/{each['id']}"))
            for each in api.ok("GET", "/documents", params={"sort": "createdAt"})["results"]
        ]
        for api in (alone, together)
    ]
    key = lambda shown: json.dumps(shown, default=str, sort_keys=True)  # noqa: E731
    first, second = (sorted(documents, key=key) for documents in listed)
    for shown in (*first, *second):
        shown["client"].pop("id")
    assert first == second


def test_what_a_run_posts_stands_in_the_books(api: Api, resources: Resources) -> None:
    job = ask(api, ndjson([row(n) for n in range(12)]))
    caller = caller_of(resources, job)
    work_off(resources, job)
    with begin(resources.database, caller, read_only=True) as work:
        found = work.connection.execute(
            "select count(*), count(distinct i.intent_id), sum(o.remaining) = sum(i.total_gross)"
            " from outgoing_invoice i join open_item o on o.tenant_id = i.tenant_id"
            " and o.intent_id = i.intent_id where i.tenant_id = %(tenant)s",
            {"tenant": work.tenant_id},
        ).fetchone()
        assert found is not None
        assert tuple(found) == (12, 12, True)
        actions = work.connection.execute(
            "select action, count(*) from audit where tenant_id = %(tenant)s"
            " and action like 'invoicing.%%' group by 1 order by 1",
            {"tenant": work.tenant_id},
        ).fetchall()
    assert [tuple(each) for each in actions] == [
        ("invoicing.created", 12),
        ("invoicing.finalized", 12),
        ("invoicing.run_asked_for", 1),
    ]


def test_a_wrong_row_is_refused_alone_and_leaves_no_gap(api: Api, resources: Resources) -> None:
    rows: list[Any] = [
        row(1),
        {"type": "invoice"},
        row(2, exportType="xrechnung", client={"name": "Ohne alles"}),
        row(3, clientId="AbCdEf1234", client=None),
        row(4, lines=[{"title": "x", "netPrice": 0}]),
        row(5, finalized=False),
        row(6, type="estimate"),
        row(7, number="EIGEN-7"),
        row(8),
    ]
    found = run(api, resources, ndjson(rows) + b'\n{"type": \n')
    assert (found["made"], found["failed"], found["total"]) == (5, 5, 10)
    numbers = [each["number"] for each in found["result"]]
    assert numbers[0] == "RE-2026-0001"
    assert numbers[5].startswith("DRAFT-")
    assert numbers[6:9] == ["AN-2026-0001", "EIGEN-7", "RE-2026-0002"]
    failed = api.ok("GET", f"/jobs/{found['id']}", params={"rows": "failed"})["result"]
    assert [each["row"] for each in failed] == [2, 3, 4, 5, 10]
    assert "lines" in failed[0]["details"]
    assert failed[1]["details"]["findings"]
    assert all(each["error"] and each["id"] is None for each in failed)


def test_a_number_given_by_hand_is_skipped(api: Api, resources: Resources) -> None:
    api.ok("POST", "/documents", row(1, number="RE-2026-0002"), 201)
    found = run(api, resources, ndjson([row(n) for n in range(3)]))
    assert [each["number"] for each in found["result"]] == [
        "RE-2026-0001",
        "RE-2026-0003",
        "RE-2026-0004",
    ]


def test_rows_of_a_closed_month_are_refused(api: Api, resources: Resources) -> None:
    run(api, resources, ndjson([row(1, date="2026-01-05")]))
    job = ask(api, ndjson([row(1), row(2, date="2026-01-06"), row(3)]))
    with begin(resources.database, caller_of(resources, job)) as work:
        periods.soft_lock(work, period=Period("2026-01"))
    work_off(resources, job)
    found = api.ok("GET", f"/jobs/{job}")["result"]
    assert [each["number"] for each in found] == ["RE-2026-0002", None, "RE-2026-0003"]
    assert "2026-01" in found[1]["error"]


@pytest.mark.parametrize("done", [0, 10, 25])
def test_an_interrupted_run_goes_on_where_it_stood(
    api: Api, resources: Resources, done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_tasks, "_ROWS_AT_ONCE", 10)
    rows = [row(n) for n in range(25)]
    job = ask(api, ndjson(rows))
    caller, run_id = caller_of(resources, job), RunId(UUID(job))
    with begin(resources.database, caller) as work:
        runs.begin(work, run_id=run_id, total=len(rows))
    for start in range(0, done, 10):
        news = list(wire.documents(ndjson(rows[start : min(start + 10, done)]), today=work.today))
        judged = judging.judge(resources, caller, news=news)
        with begin(resources.database, caller) as work:
            assert runs.make_rows(work, run_id=run_id, first_row=start + 1, rows=judged)
        with begin(resources.database, caller) as work:
            assert not runs.make_rows(work, run_id=run_id, first_row=start + 1, rows=judged)
    for _ in range(2):
        work_off(resources, job)
    found = api.ok("GET", f"/jobs/{job}")
    assert (found["status"], found["made"], found["filed"]) == ("done", 25, 25)
    assert [each["number"] for each in found["result"]] == [f"RE-2026-{n:04}" for n in range(1, 26)]
    assert api.ok("GET", "/documents")["total"] == 25


def test_a_run_that_two_workers_take_is_done_once(api: Api, resources: Resources) -> None:
    job = ask(api, ndjson([row(n) for n in range(20)]))
    with ThreadPoolExecutor(2) as threads:
        for each in [threads.submit(work_off, resources, job) for _ in range(2)]:
            each.result()
    found = api.ok("GET", f"/jobs/{job}")
    assert (found["status"], found["made"], found["filed"]) == ("done", 20, 20)
    assert api.ok("GET", "/documents")["total"] == 20


@pytest.mark.parametrize(
    "content", [b"[]", b"\n\n", b"[" + b"{}," * 10_000 + b"{}]"], ids=["none", "blank", "many"]
)
def test_a_body_with_no_rows_or_too_many_is_refused(
    api: Api, resources: Resources, content: bytes
) -> None:
    found = run(api, resources, content)
    assert (found["status"], found["made"]) == ("failed", 0)
    assert "10000" in found["error"]


def test_jobs_are_found_by_their_own_tenant_alone(
    api: Api, tenant: Callable[..., Api], resources: Resources
) -> None:
    job = ask(api, ndjson([row(1)]))
    assert tenant()("GET", f"/jobs/{job}").status_code == 404
    assert api("GET", f"/jobs/{uuid4()}").status_code == 404
    assert api("GET", "/jobs/x").status_code == 400
    reader = tenant(scopes=("documents:read",))
    assert reader("POST", "/documents/bulk", b"[]").status_code == 403
    assert api("POST", "/documents/bulk", b"").status_code == 400
