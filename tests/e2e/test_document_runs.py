"""A monthly run whose server is killed in the middle: every row once, numbers without a gap."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import psycopg

from kontorhaus.runtime.database import Database
from tests.e2e.calls import CUSTOMER, DAY, ok
from tests.e2e.serving import (
    NORDLICHT,
    Serving,
    Tenant,
    await_health,
    command,
    embedded_conninfo,
    launch_server,
    make_tenant,
    start_server,
    stop_server,
)

ROWS = 240
_SECONDS = 240


def row(place: int) -> dict[str, Any]:
    return {
        "type": "invoice",
        "date": DAY,
        "client": {**CUSTOMER, "name": f"Kunde {place % 20} GmbH"},
        "lines": [{"title": f"Hosting {place}", "netPrice": 10 + place}],
        "finalized": True,
        "exportType": "factur-x" if place % 4 == 0 else "pdf",
    }


def job_of(tenant: Tenant, job: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(tenant.billing.get(f"/jobs/{job}", params={"limit": ROWS}))
    return found


def until(tenant: Tenant, job: str, what: str, count: int) -> dict[str, Any]:
    """The job as soon as so many documents are made or filed."""
    deadline = time.monotonic() + _SECONDS
    while (found := job_of(tenant, job))[what] < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def killed_and_restarted(serving: Serving) -> Serving:
    """End the server at once; the time passes after which its jobs count as left behind."""
    port = int(serving.base_url.rsplit(":", 1)[1])
    serving.process.kill()
    serving.process.wait()
    with psycopg.connect(embedded_conninfo(serving.home), autocommit=True) as connection:
        connection.execute(
            "update kontorhaus.procrastinate_workers"
            " set last_heartbeat = last_heartbeat - interval '1 hour'"
        )
    restarted = launch_server(serving.home, port=port)
    await_health(restarted)
    return restarted


def test_a_run_that_is_killed_twice_makes_every_document_once(place: Path) -> None:
    serving = start_server(place / "home")
    database = Database(embedded_conninfo(serving.home), size=1).open()
    tenant = make_tenant(database, serving.home, serving.base_url, profile=NORDLICHT)
    database.close()
    body = b"\n".join(json.dumps(row(n)).encode() for n in range(ROWS))
    job = ok(tenant.billing.post("/documents/bulk", content=body), 202)["id"]
    for what, count in (("made", 1), ("filed", ROWS // 2)):
        until(tenant, job, what, count)
        serving = killed_and_restarted(serving)
    found = until(tenant, job, "filed", ROWS)
    deadline = time.monotonic() + 30
    while found["status"] != "done" and time.monotonic() < deadline:
        found = job_of(tenant, job)
    assert (found["status"], found["made"], found["failed"]) == ("done", ROWS, 0)
    assert [each["number"] for each in found["result"]] == [
        f"RE-2026-{number:04}" for number in range(1, ROWS + 1)
    ]
    for each in found["result"][:: ROWS // 8]:
        shown = ok(tenant.billing.get(f"/documents/{each['id']}"))
        assert shown["lines"][0]["title"] == f"Hosting {each['row'] - 1}"
        assert tenant.billing.get(f"/documents/{each['id']}/pdf").content.startswith(b"%PDF")
    assert ok(tenant.billing.get("/documents"))["total"] == ROWS
    with psycopg.connect(embedded_conninfo(serving.home)) as connection:
        counted = connection.execute(
            "select (select count(*) from kontorhaus.intent), (select count(*) from"
            " kontorhaus.open_item), (select count(*) from kontorhaus.artefact)"
        ).fetchone()
    assert counted == (ROWS, ROWS, ROWS)
    assert stop_server(serving) == 0
    verified = command(serving.home, "verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_kept_mails_are_sent_only_where_there_is_a_mail_server(place: Path) -> None:
    done = command(place / "home", "send-mails")
    assert done.returncode == 1
    assert "KONTORHAUS_SMTP_URL" in done.stderr
