"""Jobs on a real queue: run after the commit, in order of their locks, taken up after a crash."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest

from kontorhaus.runtime import jobs
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin

_ran: list[tuple[str, str]] = []
_done = threading.Event()


@jobs.task("tests.note")
def note(_: Resources, caller: Caller, *, text: str) -> None:
    _ran.append((str(caller.tenant_id), text))
    _done.set()


@pytest.fixture
def worker(database: Database) -> Iterator[jobs.Worker]:
    resources = cast(Resources, SimpleNamespace(database=database))
    running = jobs.Worker(resources).start()
    _ran.clear()
    _done.clear()
    yield running
    running.stop()


def test_a_job_runs_once_its_transaction_is_committed(
    database: Database, live_caller: Caller, worker: jobs.Worker
) -> None:
    with begin(database, live_caller) as work:
        work.enqueue("tests.note", text="after the commit")
        assert not _done.wait(0.3)
    assert _done.wait(15)
    assert _ran == [(str(live_caller.tenant_id), "after the commit")]


def test_a_job_of_a_transaction_that_failed_never_runs(
    database: Database, live_caller: Caller, worker: jobs.Worker
) -> None:
    def fail() -> None:
        with begin(database, live_caller) as work:
            work.enqueue("tests.note", text="never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with begin(database, live_caller) as work:
        work.enqueue("tests.note", text="later")
    assert _done.wait(15)
    assert [text for _, text in _ran] == ["later"]


def test_a_job_whose_worker_died_is_taken_up_again(
    database: Database, live_caller: Caller, superuser_conninfo: str
) -> None:
    with begin(database, live_caller) as work:
        work.enqueue("tests.note", text="second life")
    with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
        connection.execute("set search_path = kontorhaus")
        connection.execute(
            "with dead as (insert into procrastinate_workers (last_heartbeat)"
            " values (now() - interval '1 hour') returning id)"
            " update procrastinate_jobs set status = 'doing', worker_id = (select id from dead)"
            " where status = 'todo' and task_name = 'tests.note'"
        )
    _ran.clear()
    _done.clear()
    resources = cast(Resources, SimpleNamespace(database=database))
    running = jobs.Worker(resources).start()
    try:
        assert _done.wait(15)
    finally:
        stopped_at = time.monotonic()
        running.stop()
    assert [text for _, text in _ran] == ["second life"]
    assert time.monotonic() - stopped_at < 5
