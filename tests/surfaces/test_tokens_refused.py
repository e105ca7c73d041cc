"""What is no valid token opens nothing, anywhere, and a revoked one nothing any more (S-3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from kontorhaus.app import asgi
from kontorhaus.identity import actions as identity
from kontorhaus.identity.keys import actions as keys
from kontorhaus.identity.model import Founded, IssuedKey
from kontorhaus.ledger import founding
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.surfaces.billing.billing_api import PROFILE

# A revoked token is refused within a second.
AT_MOST_SECONDS = 1.0
READING = {"books": "/books/v1/accounts", "billing": "/billing/v1/documents"}
GUARDED = {
    f"{found.method} {surface.base}{found.path}"
    for surface in asgi.SURFACES
    for found in surface.operations
    if not found.is_public
}


class Door:
    """The whole program, and a company that makes keys."""

    def __init__(self, resources: Resources, client: TestClient, founded: Founded) -> None:
        self.resources, self.client = resources, client
        self.caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")

    def issue(self, surface: str) -> IssuedKey:
        """A key of a new owner."""
        with begin(self.resources.database, self.caller) as work:
            user = identity.create_user(work, email=f"{uuid7().hex}@example.org", role="owner")
            return identity.create_api_key(
                work,
                secret=secret.of(self.resources.config.home),
                surface=surface,
                name=uuid7().hex,
                created_by=user,
            )

    def status(self, path: str, authorization: str | None, method: str = "GET") -> int:
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = self.client.request(method, path, headers=headers)
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"].startswith("Bearer")
        return int(answer.status_code)

    def execute(self, statement: str, **values: Any) -> None:
        """Something that the operator does to the database."""
        with self.resources.database.connection() as connection:
            connection.execute(statement.encode(), values)


@pytest.fixture(scope="module")
def door(resources: Resources) -> Iterator[Door]:
    founded = founding.found(resources.database, profile=PROFILE)
    with TestClient(asgi.create_app(resources), base_url="http://127.0.0.1") as client:
        yield Door(resources, client, founded)


def spoiled(token: str, other: str) -> dict[str, str | None]:
    """Everything that is not the token."""
    return {
        "none": None,
        "empty": "",
        "scheme alone": "Bearer",
        "junk": "Bearer junk",
        "basic": f"Basic {token}",
        "other scheme": f"Token {token}",
        "no scheme": token,
        "truncated": f"Bearer {token[:-1]}",
        "longer": f"Bearer {token}x",
        "other case": f"Bearer {token.swapcase()}",
        "prefix alone": f"Bearer {token[:12]}",
        "two": f"Bearer {token} {token}",
        "of another surface": f"Bearer {other}",
        "endless": f"Bearer {'x' * 2000}",
        "unprintable": f"Bearer {token}\x01",
        "quoted": f'Bearer "{token}"',
    }


@pytest.mark.parametrize("surface", sorted(READING))
def test_what_is_not_the_token_is_refused(door: Door, surface: str) -> None:
    other = next(name for name in READING if name != surface)
    token, foreign = door.issue(surface).token, door.issue(other).token
    assert door.status(READING[surface], f"Bearer {token}") == 200
    assert door.status(READING[surface], f"bearer {token}") == 200
    answers = {
        case: door.status(READING[surface], header)
        for case, header in spoiled(token, foreign).items()
    }
    assert set(answers.values()) == {401}, answers


@pytest.mark.parametrize("header", [None, "Bearer junk"])
def test_no_operation_answers_without_a_token(door: Door, header: str | None) -> None:
    answers = {}
    for name in GUARDED:
        method, path = name.split(" ")
        answers[name] = door.status(path.replace("{", "").replace("}", ""), header, method)
    assert {name: status for name, status in answers.items() if status != 401} == {}
    assert len(answers) > 100


def disabled(door: Door, key: IssuedKey) -> None:
    with begin(door.resources.database, door.caller) as work:
        keys.switch(work, key_id=key.key.id, is_enabled=False)


def deleted(door: Door, key: IssuedKey) -> None:
    with begin(door.resources.database, door.caller) as work:
        keys.delete(work, key_id=key.key.id)


def expired(door: Door, key: IssuedKey) -> None:
    past = door.resources.database.clock.now() - timedelta(seconds=1)
    door.execute("update api_key set expires_at = %(at)s where id = %(id)s", at=past, id=key.key.id)


def left(door: Door, key: IssuedKey) -> None:
    door.execute("delete from membership where user_id = %(id)s", id=key.key.created_by)


@pytest.mark.parametrize("end", [disabled, deleted, expired, left])
@pytest.mark.parametrize("surface", sorted(READING))
def test_a_key_that_ended_is_refused_within_a_second(
    door: Door, surface: str, end: Callable[[Door, IssuedKey], None]
) -> None:
    key = door.issue(surface)
    header = f"Bearer {key.token}"
    assert door.status(READING[surface], header) == 200
    end(door, key)
    time.sleep(AT_MOST_SECONDS)
    assert door.status(READING[surface], header) == 401
    assert door.status(f"{READING[surface]}/{uuid4()}", header) in (401, 404)


def test_a_key_goes_on_until_its_last_day_is_over(door: Door) -> None:
    key = door.issue("books")
    later = door.resources.database.clock.now() + timedelta(hours=1)
    door.execute(
        "update api_key set expires_at = %(at)s where id = %(id)s", at=later, id=key.key.id
    )
    assert door.status(READING["books"], f"Bearer {key.token}") == 200
