"""Soft lock, lock by four eyes and reopening over HTTP, with every code of the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import begin
from tests.surfaces.books.books_api import Api, booking, line

MARCH = "/periods/2026-03"


def colleague(api: Api, name: str = "Jule Petersen", *scopes: str) -> Api:
    """Another person of the organization, with a key."""
    first, last = name.split()
    with begin(api.resources.database, api.caller) as work:
        user_id = identity.create_user(
            work,
            email=f"{uuid7().hex}@example.de",
            role="admin",
            first_name=first,
            last_name=last,
        )
        issued = identity.create_api_key(
            work,
            secret=secret.of(api.resources.config.home),
            surface="books",
            name=uuid7().hex,
            scopes=scopes or ("admin",),
            created_by=user_id,
        )
    return api.with_token(issued.token)


def ask(api: Api, period: str = "2026-03") -> str:
    """The path of a new request to lock a period."""
    asked = api.ok("POST", f"/periods/{period}/lock", status=201)
    return f"/periods/{period}/lock/{asked['request_id']}"


def statuses(api: Api) -> dict[str, str]:
    return {row["period"]: row["status"] for row in api.ok("GET", "/periods")}


def test_periods_are_listed_with_their_bookings_the_latest_first(
    tenant: Callable[..., Api],
) -> None:
    api = tenant(TenantSettings(fiscal_year_start_month=7))
    assert api.ok("GET", "/periods") == []
    for day in ("2025-07-01", "2026-06-30", "2026-06-30", "2026-07-01"):
        api.ok("POST", "/bookings", booking(day))
    api.ok("POST", "/bookings", booking("2026-06-30", adjustment_period=13))
    response = api("GET", "/periods")
    assert response.headers["X-Total-Count"] == "4"
    assert [
        (row["period"], row["period_number"], row["booking_count"], row["status"])
        for row in response.json()
    ] == [
        ("2026-07", 1, 1, "open"),
        ("2025-P13", 13, 1, "open"),
        ("2026-06", 12, 2, "open"),
        ("2025-07", 1, 1, "open"),
    ]


def test_a_soft_lock_keeps_postings_out_until_it_is_reopened(api: Api) -> None:
    jule = colleague(api)
    locked = jule.ok("POST", f"{MARCH}/soft-lock")
    assert locked == {
        "period": "2026-03",
        "period_number": 3,
        "status": "soft_locked",
        "locked_by": "Jule Petersen",
        "locked_at": locked["locked_at"],
    }
    assert api.refused("POST", "/bookings", booking()) == (400, "PERIOD_LOCKED")
    assert api.refused("POST", f"{MARCH}/soft-lock") == (409, "PERIOD_ALREADY_SOFT_LOCKED")
    assert api.ok("POST", f"{MARCH}/reopen") == {
        "period": "2026-03",
        "period_number": 3,
        "status": "open",
    }
    assert api.refused("POST", f"{MARCH}/reopen") == (400, "PERIOD_ALREADY_OPEN")
    api.ok("POST", "/bookings", booking())
    assert api.ok("GET", "/periods")[0]["locked_by"] is None


def test_a_period_is_locked_for_good_by_two_people(api: Api) -> None:
    jule = colleague(api)
    for day in ("2026-01-31", "2026-03-02", "2026-03-31"):
        api.ok("POST", "/bookings", booking(day))
    asked = jule.ok("POST", f"{MARCH}/lock", status=201)
    assert asked["status"] == "pending"
    assert asked["message"].endswith("Earlier periods are still open: 2026-01.")
    assert api.ok("GET", f"{MARCH}/lock/status") == {
        "has_pending_request": True,
        "request_id": asked["request_id"],
        "requested_by": "Jule Petersen",
        "created_at": asked["created_at"],
    }
    assert api.refused("POST", f"{MARCH}/lock") == (409, "LOCK_REQUEST_PENDING")
    path = f"{MARCH}/lock/{asked['request_id']}"
    assert jule.refused("POST", f"{path}/approve") == (403, "SELF_APPROVAL_DENIED")
    api.ok("POST", "/bookings", booking())
    locked = api.ok("POST", f"{path}/approve")
    assert (locked["period"], locked["status"], locked["locked_by"]) == (
        "2026-03",
        "locked",
        "Jule Petersen",
    )
    assert locked["approved_by"].endswith("@example.org")
    assert (locked["closing_number"], locked["booking_count"]) == (1, 3)
    assert locked["prev_closing_hash"] == "0" * 64
    assert not locked["self_approved"]
    _the_seal_is_the_hash_of_the_published_form(api, locked)
    assert api.refused("POST", "/bookings", booking()) == (400, "PERIOD_LOCKED")
    assert api.refused("POST", f"{MARCH}/soft-lock") == (409, "PERIOD_ALREADY_LOCKED")
    assert api.refused("POST", f"{MARCH}/lock") == (409, "PERIOD_ALREADY_LOCKED")
    assert api.refused("POST", f"{MARCH}/reopen") == (409, "PERIOD_IRREVERSIBLE")
    assert api.refused("POST", f"{path}/approve") == (409, "REQUEST_NOT_PENDING")
    assert api.refused("POST", f"{path}/cancel") == (404, "NOT_FOUND")
    assert not api.ok("GET", f"{MARCH}/lock/status")["has_pending_request"]
    assert statuses(api) == {"2026-01": "open", "2026-03": "locked"}


def _the_seal_is_the_hash_of_the_published_form(api: Api, locked: Any) -> None:
    with begin(api.resources.database, api.caller, read_only=True) as work:
        (row,) = periods.export_closings(work)
        head = ledger.head(work)
        assert periods.verify(work) == []
    form, stated = row.split("\t")
    assert hashlib.sha256(form.encode()).hexdigest() == stated == locked["closing_hash"]
    assert locked["journal_head"] == {
        "journal_number": head.journal_number,
        "hash": head.hash.hex(),
    }


def test_closings_follow_one_another_in_the_time_of_their_lock(api: Api) -> None:
    jule = colleague(api)
    seals = [
        jule.ok("POST", f"{ask(api, period)}/approve")
        for period in ("2026-03", "2026-01", "2026-02")
    ]
    assert [seal["closing_number"] for seal in seals] == [1, 2, 3]
    assert [seal["prev_closing_hash"] for seal in seals[1:]] == [
        seal["closing_hash"] for seal in seals[:2]
    ]


def test_the_only_user_approves_alone_and_the_audit_says_so(
    api: Api, superuser_conninfo: str
) -> None:
    api.ok("POST", f"{MARCH}/soft-lock")
    path = ask(api)
    late = colleague(api)
    assert late.refused("POST", f"{path}/approve") == (403, "SELF_APPROVAL_DENIED")
    assert api.ok("POST", f"{path}/approve")["self_approved"]
    with psycopg.connect(superuser_conninfo) as connection:
        noted = connection.execute(
            "select details->>'self_approved', details->>'closing_number'"
            " from kontorhaus.audit where tenant_id = %s and action = 'ledger.period_locked'",
            (api.caller.tenant_id,),
        ).fetchall()
    assert noted == [("true", "1")]
    assert api.refused("POST", f"{ask(api, '2026-04')}/approve") == (403, "SELF_APPROVAL_DENIED")


def test_another_key_of_the_same_person_is_no_second_pair_of_eyes(
    api: Api, superuser_conninfo: str
) -> None:
    colleague(api)
    path = ask(api)
    with psycopg.connect(superuser_conninfo) as connection:
        row = connection.execute(
            "select requested_by_user from kontorhaus.lock_request where tenant_id = %s",
            (api.caller.tenant_id,),
        ).fetchone()
    assert row is not None
    with begin(api.resources.database, api.caller) as work:
        second = identity.create_api_key(
            work,
            secret=secret.of(api.resources.config.home),
            surface="books",
            name="second",
            created_by=row[0],
        )
    other = api.with_token(second.token)
    assert other.refused("POST", f"{path}/approve") == (403, "SELF_APPROVAL_DENIED")


def test_a_request_expires_after_48_hours(api: Api, superuser_conninfo: str) -> None:
    jule = colleague(api)
    path = ask(api)

    def age(hours: str) -> None:
        with psycopg.connect(superuser_conninfo) as connection:
            connection.execute(
                "update kontorhaus.lock_request set created_at = created_at - %s::interval"
                " where tenant_id = %s",
                (hours, api.caller.tenant_id),
            )

    age("47 hours")
    assert jule.ok("GET", f"{MARCH}/lock/status")["has_pending_request"]
    age("1 hour")
    assert not jule.ok("GET", f"{MARCH}/lock/status")["has_pending_request"]
    assert jule.refused("POST", f"{path}/approve") == (409, "REQUEST_EXPIRED")
    assert jule.refused("POST", f"{path}/cancel") == (404, "NOT_FOUND")
    assert jule.ok("POST", f"{ask(api)}/approve")["status"] == "locked"


def test_a_cancelled_request_is_gone(api: Api) -> None:
    jule = colleague(api)
    path = ask(api)
    assert api.ok("POST", f"{path}/cancel") == {
        "ok": True,
        "request_id": path.rsplit("/", 1)[1],
        "status": "cancelled",
    }
    assert api.refused("POST", f"{path}/cancel") == (404, "NOT_FOUND")
    assert jule.refused("POST", f"{path}/approve") == (409, "REQUEST_NOT_PENDING")
    assert statuses(api) == {"2026-03": "open"}
    ask(api)


@pytest.mark.parametrize("step", ["lock", "soft-lock"])
def test_a_month_need_not_hold_anything_but_a_closing_period_must_exist(
    api: Api, step: str
) -> None:
    assert api.refused("POST", f"/periods/2026-P13/{step}") == (404, "NOT_FOUND")
    api.ok("POST", "/bookings", booking("2026-12-31", adjustment_period=13))
    assert api("POST", f"/periods/2026-P13/{step}").is_success
    assert api("POST", f"/periods/2027-05/{step}").is_success


def test_a_closing_period_is_locked_apart_from_its_month(api: Api) -> None:
    jule = colleague(api)
    api.ok("POST", "/bookings", booking("2026-12-31"))
    api.ok("POST", "/bookings", booking("2026-12-31", adjustment_period=13))
    assert jule.ok("POST", f"{ask(api, '2026-12')}/approve")["booking_count"] == 1
    assert api.refused("POST", "/bookings", booking("2026-12-31")) == (400, "PERIOD_LOCKED")
    api.ok("POST", "/bookings", booking("2026-12-31", adjustment_period=13))
    locked = jule.ok("POST", f"{ask(api, '2026-P13')}/approve")
    assert (locked["period_number"], locked["booking_count"]) == (13, 2)


def test_malformed_periods_and_requests_are_refused(api: Api) -> None:
    for period in ("2026-13", "2026-P12", "2026", "0000-01", "2026-3", "2026-03x"):
        for method, step in (("POST", "lock"), ("POST", "reopen"), ("GET", "lock/status")):
            assert api.refused(method, f"/periods/{period}/{step}") == (400, "INVALID_INPUT")
    assert api.refused("POST", f"{MARCH}/lock/x/approve") == (400, "INVALID_INPUT")
    for step in ("approve", "cancel"):
        assert api.refused("POST", f"{MARCH}/lock/{uuid4()}/{step}") == (404, "NOT_FOUND")
    path = ask(api, "2026-04")
    wrong = path.replace("2026-04", "2026-03")
    assert api.refused("POST", f"{wrong}/approve") == (404, "NOT_FOUND")
    assert api.refused("POST", "/periods/2026-P14/reopen") == (400, "PERIOD_ALREADY_OPEN")


def test_a_key_needs_the_scope_of_periods(api: Api, tenant: Callable[..., Api]) -> None:
    reader = colleague(api, "Olaf Leser", "perioden:read", "journal:write")
    assert reader.ok("GET", "/periods") == []
    for step in ("soft-lock", "reopen", "lock", f"lock/{uuid4()}/approve"):
        assert reader.refused("POST", f"{MARCH}/{step}") == (403, "FORBIDDEN")
    writer = colleague(api, "Wera Schreiber", "perioden:write")
    assert writer.refused("GET", "/periods") == (403, "FORBIDDEN")
    stranger, path = tenant(), ask(api)
    assert stranger.refused("POST", f"{path}/approve") == (404, "NOT_FOUND")
    assert api.with_token("ll_x").refused("GET", "/periods") == (401, "UNAUTHORIZED")


def test_the_reversal_of_a_locked_booking_stands_in_an_open_period(api: Api) -> None:
    jule = colleague(api)
    made = api.ok("POST", "/bookings", booking())
    jule.ok("POST", f"{ask(api)}/approve")
    body = {"intent_id": made["intent_id"]}
    assert api.refused("POST", "/journal/reverse", {**body, "posting_mode": "original_period"}) == (
        400,
        "PERIOD_LOCKED",
    )
    api.ok("POST", "/journal/reverse", body)
    with begin(api.resources.database, api.caller, read_only=True) as work:
        assert periods.verify(work) == []


def test_a_repeated_key_locks_once(api: Api) -> None:
    jule, path = colleague(api), ask(api)
    key = {"Idempotency-Key": str(uuid4())}
    first = jule("POST", f"{path}/approve", headers=key)
    again = jule("POST", f"{path}/approve", headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_opening_lines_of_a_soft_locked_closing_period_are_refused(api: Api) -> None:
    closing = {"adjustment_period": 14, "lines": [line("1800", 5), line("4400", 0, 5)]}
    api.ok("POST", "/bookings", booking("2026-12-31", **closing))
    api.ok("POST", "/periods/2026-P14/soft-lock")
    assert api.refused("POST", "/bookings", booking("2026-12-31", **closing)) == (
        400,
        "PERIOD_LOCKED",
    )
