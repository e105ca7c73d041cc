"""Key pairs: shown once, switched off at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from kontorhaus.runtime import stopwatch
from tests.surfaces.management.management_api import CLIENT, House, code, ok

SECOND = 1_000_000


def path(house: House, key: dict[str, Any] | None = None) -> str:
    one = f"/{key['_id']}" if key else ""
    return f"/organizations/{house.id}/api-keys{one}"


def pair(made: dict[str, Any]) -> dict[str, str]:
    return {"api_key": made["key"], "api_secret": made["secret"]}


def after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """What doors remember is older than they remember anything."""
    later = stopwatch.microseconds() + SECOND
    monkeypatch.setattr(stopwatch, "microseconds", lambda: later)


def test_a_new_key_opens_and_its_secret_is_not_shown_again(mine: House) -> None:
    made = mine.post(path(mine), {"name": "kasse-1", "metadata": {"ort": "Kiel"}})
    assert (made["_type"], made["_envs"], made["status"]) == ("API_KEY", ["LIVE"], "enabled")
    assert made["created_by_user"] == str(mine.user_id)
    assert ok(mine.auth(**pair(made)))["access_token_claims"]["organization_id"] == mine.id
    shown = mine.get(path(mine, made))
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    listed = mine.get(path(mine))
    assert listed["data"][-1] == shown
    assert (listed["count"], listed["_type"]) == (2, "API_KEY_LIST")


def test_a_repeated_request_gets_the_same_key_without_its_secret(mine: House) -> None:
    named = {"headers": {"Idempotency-Key": "k-1"}}
    body = {"name": "kasse-1", "status": "enabled"}
    first = ok(mine.call("POST", path(mine), body, **named))
    again = mine.call("POST", path(mine), body, **named)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ok(again) == {name: value for name, value in first.items() if name != "secret"}
    assert mine.get(path(mine))["count"] == 2


def test_a_name_is_taken_once(mine: House) -> None:
    mine.post(path(mine), {"name": "kasse-1"})
    answer = mine.call("POST", path(mine), {"name": "kasse-1"})
    assert code(answer, 409) == "E_KEY_NAME_TAKEN"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", text) for text in ("ab", "Kasse", "kasse_1", "k" * 31, "kasse-1\n", 7, None)),
        ("status", "on"),
        ("metadata", {f"k{n}": "x" for n in range(21)}),
        ("metadata", []),
        ("managed_by_organization_id", "x"),
    ],
)
def test_a_key_that_cannot_be_is_refused(mine: House, field: str, value: object) -> None:
    answer = mine.call("POST", path(mine), {"name": "kasse-1", field: value})
    assert code(answer, 400).startswith("E_")
    assert field in answer.json()["message"]


def test_a_disabled_key_and_its_tokens_stop_to_work_within_a_second(
    mine: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = mine.post(path(mine), {"name": "kasse-1"})
    tokens = ok(mine.auth(**pair(made)))
    other = replace(mine, token=tokens["access_token"])
    assert other.get("/organizations")["count"] == 1
    changed = ok(mine.call("PATCH", path(mine, made), {"status": "disabled"}))
    assert changed["status"] == "disabled"
    after_a_second(monkeypatch)
    assert code(other.call("GET", "/organizations"), 401) == "E_UNAUTHORIZED"
    assert code(mine.auth(**pair(made)), 401) == "E_WRONG_LOGIN"
    assert code(mine.auth(refresh_token=tokens["refresh_token"]), 401) == "E_WRONG_LOGIN"
    ok(mine.call("PUT", path(mine, made), {"status": "enabled"}))
    assert ok(mine.auth(**pair(made)))


def test_a_key_made_disabled_opens_nothing(mine: House) -> None:
    made = mine.post(path(mine), {"name": "kasse-1", "status": "disabled"})
    assert code(mine.auth(**pair(made)), 401) == "E_WRONG_LOGIN"


def test_a_change_may_stand_in_the_query_string(mine: House) -> None:
    made = mine.post(path(mine), {"name": "kasse-1", "metadata": {"a": "1"}})
    changed = ok(mine.call("PATCH", path(mine, made), params={"status": "disabled"}))
    assert (changed["status"], changed["metadata"]) == ("disabled", {"a": "1"})
    both = ok(mine.call("PATCH", path(mine, made), {"metadata": {}}, params={"status": "enabled"}))
    assert (both["status"], both["metadata"]) == ("enabled", {})


def test_a_deleted_key_is_gone_with_its_tokens(
    mine: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = mine.post(path(mine), {"name": "kasse-1"})
    other = replace(mine, token=ok(mine.auth(**pair(made)))["access_token"])
    other.get("/organizations")
    assert ok(mine.call("DELETE", path(mine, made))) == {"_success": True}
    assert code(mine.call("GET", path(mine, made)), 404) == "E_API_KEY"
    after_a_second(monkeypatch)
    assert code(other.call("GET", "/organizations"), 401) == "E_UNAUTHORIZED"


def test_keys_are_ordered_filtered_and_paged(mine: House) -> None:
    for name, status in (("b-1", "enabled"), ("a-1", "disabled"), ("c-1", "enabled")):
        mine.post(path(mine), {"name": name, "status": status})

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in mine.get(path(mine), **query)["data"]]

    assert names() == ["test", "b-1", "a-1", "c-1"]
    assert names(order_by="name", order="desc") == ["test", "c-1", "b-1", "a-1"]
    assert names(order_by="status")[0] == "a-1"
    assert names(status="disabled") == ["a-1"]
    assert names(limit=2, offset=1) == ["b-1", "a-1"]
    for wrong in ({"order_by": "secret"}, {"limit": 101}, {"status": "off"}):
        assert code(mine.call("GET", path(mine), params=wrong), 400) == "E_INVALID_INPUT"


def test_an_adviser_makes_keys_for_the_clients(mine: House) -> None:
    client = mine.post("/organizations", CLIENT)
    theirs = f"/organizations/{client['_id']}/api-keys"
    made = mine.post(theirs, {"name": "kasse-1", "managed_by_organization_id": mine.id})
    assert (made["_type"], made["_envs"]) == ("MANAGED_API_KEY", ["TEST"])
    assert made["managed_by_organization_id"] == mine.id
    claims = ok(mine.auth(**pair(made)))
    assert claims["access_token_claims"] == {"env": "TEST", "organization_id": client["_id"]}
    own = replace(mine, token=claims["access_token"])
    assert [row["_id"] for row in own.get("/organizations")["data"]] == [client["_id"]]
    assert code(own.call("GET", f"/organizations/{mine.id}"), 404) == "E_ORGANIZATION"


def test_test_tokens_do_not_touch_live_keys(house: Callable[..., House]) -> None:
    mine = house()
    made = mine.post(path(mine), {"name": "kasse-1"})
    test_id = mine.founded.tenants["TEST"]
    assert test_id
    client = mine.post("/organizations", CLIENT)
    theirs = f"/organizations/{client['_id']}"
    key = mine.post(f"{theirs}/api-keys", {"name": "probe"})
    mine.post(f"{theirs}/enable-env", {"env": "LIVE"})
    live = mine.post(f"{theirs}/api-keys", {"name": "echt"})
    assert live["_envs"] == ["LIVE"]
    testing = replace(mine, token=ok(mine.auth(**pair(key)))["access_token"])
    for method in ("GET", "PATCH", "DELETE"):
        answer = testing.call(
            method, f"{theirs}/api-keys/{live['_id']}", params={"status": "disabled"}
        )
        assert code(answer, 404) == "E_API_KEY"
    assert [row["name"] for row in testing.get(f"{theirs}/api-keys")["data"]] == ["probe"]
    assert mine.get(f"{theirs}/api-keys")["count"] == 2
    assert mine.get(path(mine, made))["status"] == "enabled"


def test_keys_of_others_are_not_there(house: Callable[..., House]) -> None:
    mine, other = house(), house()
    made = mine.post(path(mine), {"name": "kasse-1"})
    assert code(other.call("GET", path(mine)), 404) == "E_ORGANIZATION"
    for key_id in (made["_id"], str(uuid4())):
        for method in ("GET", "PATCH", "DELETE"):
            inside = other.call(method, f"{path(other)}/{key_id}", params={"status": "disabled"})
            assert code(inside, 404) == "E_API_KEY"
            assert code(other.call(method, f"{path(mine)}/{key_id}"), 404) == "E_ORGANIZATION"
    stranger = {"name": "kasse-2", "managed_by_organization_id": other.id}
    assert code(mine.call("POST", path(mine), stranger), 403) == "E_FORBIDDEN"


def test_a_member_does_not_see_keys(house: Callable[..., House]) -> None:
    clerk = house(role="member")
    assert code(clerk.call("GET", path(clerk)), 403) == "E_FORBIDDEN"


def test_who_leaves_takes_the_keys_along(mine: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mine.get("/organizations")["count"] == 1
    with mine.resources.database.connection() as connection:
        connection.execute("delete from membership where user_id = %s", (mine.user_id,))
    after_a_second(monkeypatch)
    assert code(mine.call("GET", "/organizations"), 401) == "E_UNAUTHORIZED"
    assert code(mine.auth(), 401) == "E_WRONG_LOGIN"
