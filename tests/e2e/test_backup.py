"""A backup taken while the server works comes back in a new home with everything in it."""

from __future__ import annotations

import os
import tarfile
import time
from pathlib import Path

from kontorhaus.runtime.database import Database
from tests.e2e.calls import booking, invoice, ok
from tests.e2e.serving import (
    NORDLICHT,
    Serving,
    Tenant,
    client,
    command,
    embedded_conninfo,
    make_tenant,
    start_server,
    stop_server,
)
from tests.e2e.writers import Writers


def chain(home: Path, tenant: Tenant, target: Path) -> list[str]:
    done = command(home, "export-chain", str(target), "--tenant", str(tenant.tenant_id))
    assert done.returncode == 0, done.stderr
    return target.read_text().splitlines()


def at(serving: Serving, tenant: Tenant) -> Tenant:
    """The same organization with the same keys on another server."""
    return Tenant(
        tenant.tenant_id,
        client(f"{serving.base_url}/books", tenant.tokens["books"]),
        client(f"{serving.base_url}/billing/v1", tenant.tokens["billing"]),
        tenant.tokens,
    )


def test_a_backup_under_load_comes_back_in_a_new_home(place: Path) -> None:
    home, archive, new_home = place / "home", place / "kontorhaus.tar", place / "new"
    serving = start_server(home)
    database = Database(embedded_conninfo(home), size=1).open()
    tenant = make_tenant(database, home, serving.base_url, profile=NORDLICHT)
    database.close()
    document = ok(tenant.billing.post("/documents", json=invoice("Erste", finalized=True)))
    pdf = tenant.billing.get(f"/documents/{document['id']}/pdf").content
    writers = Writers(tenant, count=2, pause_seconds=0.1).start()
    while len(writers.acknowledged) < 30:
        time.sleep(0.02)
    before = dict(writers.acknowledged)
    done = command(home, "backup", str(archive))
    assert done.returncode == 0, done.stderr
    assert len(writers.acknowledged) > len(before), "the server worked on"
    writers.stop()
    assert archive.stat().st_mode & 0o777 == 0o600
    whole = chain(home, tenant, place / "whole.txt")
    assert stop_server(serving) == 0

    done = command(new_home, "restore", str(archive))
    assert done.returncode == 0, done.stderr
    done = command(new_home, "verify")
    assert (done.returncode, "does not hold" in done.stdout) == (0, False), done.stdout
    restored = chain(new_home, tenant, place / "restored.txt")
    assert restored == whole[: len(restored)]
    assert (new_home / "secret").read_bytes() == (home / "secret").read_bytes()

    again = start_server(new_home)
    there = at(again, tenant)
    assert there.billing.get(f"/documents/{document['id']}/pdf").content == pdf
    _goes_on(there, before)
    assert stop_server(again) == 0


def _goes_on(there: Tenant, before: dict[str, str]) -> None:
    """What was acknowledged before the backup is there, numbers go on, keys are remembered."""
    bookings = {key: intent for key, intent in before.items() if len(intent) == 36}
    for key, identity in before.items():
        answer = (
            there.books.get(f"/v1/journal/{identity}")
            if key in bookings
            else there.billing.get(f"/documents/{identity}")
        )
        assert answer.status_code == 200, key
    last = int(ok(there.billing.get("/documents"))["total"])
    following = ok(there.billing.post("/documents", json=invoice("Danach", finalized=True)))
    assert following["number"] == f"RE-2026-{last + 1:04}"
    key, intent = next(iter(bookings.items()))
    headers = {"Idempotency-Key": key}
    replay = there.books.post("/v1/bookings", json=booking(key), headers=headers)
    assert replay.headers["idempotency-replayed"] == "true"
    assert ok(replay)["intent_id"] == intent


def test_a_backup_is_never_restored_over_books(place: Path) -> None:
    home, archive = place / "home", place / "kontorhaus.tar"
    assert command(home, "migrate").returncode == 0
    assert command(home, "backup", str(archive)).returncode == 0
    done = command(home, "restore", str(archive))
    assert done.returncode == 1
    assert done.stderr.startswith("home_not_empty:")
    assert "Traceback" not in done.stderr


def test_what_is_no_backup_is_refused_in_a_sentence(place: Path) -> None:
    noise, other = place / "noise.tar", place / "other.tar"
    noise.write_bytes(os.urandom(4096))
    with tarfile.open(other, "w") as archive:
        archive.add(__file__, "something.py")
    for file in (noise, other):
        done = command(place / "home", "restore", str(file))
        assert done.returncode == 1, file
        assert done.stderr.startswith("backup:"), done.stderr
        assert not (place / "home" / "database").exists()
