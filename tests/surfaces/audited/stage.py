"""A company on the whole program, whose every call is held against the audit trail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import structlog
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.factors import actions as factors
from kontorhaus.identity.model import User
from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin
from tests.surfaces.web_factor import App

PASSWORD = "korrekt Pferd Batterie"
KEYED = ("books", "billing")


@dataclass(frozen=True)
class Row:
    """A record of the audit trail."""

    action: str
    subject: str
    subject_id: str
    actor: dict[str, Any]
    request_id: UUID | None
    details: dict[str, Any]

    @property
    def has_change(self) -> bool:
        """Whether it tells a field before and after."""
        pairs = [value for value in self.details.values() if isinstance(value, list)]
        assert all(len(pair) == 2 for pair in pairs), self
        return any(before != after for before, after in pairs)


@dataclass
class Stage:
    """Makes calls and keeps what they lacked. `ids` fills the `{words}` of paths and bodies."""

    resources: Resources
    caller: Caller
    client: TestClient
    superuser: str
    tenants: tuple[TenantId, ...]
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def person(self, role: str) -> tuple[UserId, str]:
        """A new person of the company."""
        email = f"{uuid7().hex}@nordlicht.example"
        with begin(self.resources.database, self.caller) as work:
            user = identity.create_user(work, email=email, role=role, password=PASSWORD)
        return user, email

    def newcomer(self) -> UserId:
        """Somebody who has no password yet."""
        with begin(self.resources.database, self.caller) as work:
            return identity.create_user(work, email=f"{uuid7().hex}@nord.example", role="member")

    def switch_factor_on(self, email: str) -> None:
        """Have a person sign in with a second factor."""
        user = next(member.id for member in self.members() if member.email == email)
        keys, now = secret.of(self.resources.config.home), self.resources.database.clock.now()
        with begin(self.resources.database, self.caller) as work:
            factors.begin(work.connection, secret=keys, user_id=user)
            found = factors.factor_of(work.connection, user_id=user)
            assert found
            code = App(factors.key_to_show(keys, found)).code(now)
            factors.confirm(work.connection, secret=keys, user_id=user, code=code, now=now)

    def members(self) -> list[User]:
        """The people of the company."""
        with begin(self.resources.database, self.caller, read_only=True) as work:
            return queries.users(work)

    def key(self, surface: str, user: UserId, **more: Any) -> str:
        """A new key of somebody."""
        with begin(self.resources.database, self.caller) as work:
            return identity.create_api_key(
                work,
                secret=secret.of(self.resources.config.home),
                surface=surface,
                name=uuid7().hex,
                created_by=user,
                **more,
            ).token

    def call(
        self,
        operation: str,
        body: Any = None,
        *,
        changes: bool = False,
        by: str = "api_key",
        token: str | None = None,
        **more: Any,
    ) -> Any:
        """Call an operation and look at what the audit trail says of it.

        `changes` where something that was there becomes different; `by` is the kind of actor.
        """
        method, path = operation.split(" ")
        surface = path.split("/")[1]
        headers = {"Authorization": f"Bearer {token or self.tokens.get(surface, '')}"}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else self.filled(json.dumps(body))
        answer = self.client.request(method, self.filled(path), headers=headers, **more)
        assert answer.status_code < 300, (operation, answer.status_code, answer.text)
        self.check(operation, UUID(answer.headers["x-request-id"]), changes=changes, by=by)
        return exact_json.decode(answer.content) if answer.content else None

    def send(self, operation: str, *, changes: bool = False, by: str = "user", **more: Any) -> Any:
        """Submit a form of the web pages as a browser does that is signed in."""
        form = {"form_token": self.ids["form_token"], **more.pop("data", {})}
        answer = self.client.post(self.filled(operation.split(" ")[1]), data=form, **more)
        assert answer.status_code in (200, 303), (operation, answer.status_code, answer.text)
        self.check(operation, UUID(answer.headers["x-request-id"]), changes=changes, by=by)
        return answer

    def work_off(self, task: str, job: Callable[..., None], **arguments: Any) -> None:
        """Do a job as the worker does, and look at what the audit trail says of it."""
        caller = replace(self.caller, request_id=uuid7())
        run = partial(job, self.resources, caller, **arguments)
        # in a thread of its own, as jobs run: this one may have a browser's event loop
        with (
            structlog.contextvars.bound_contextvars(request_id=str(caller.request_id)),
            ThreadPoolExecutor(1) as worker,
        ):
            worker.submit(copy_context().run, run).result()
        assert caller.request_id is not None
        self.check(f"job {task}", caller.request_id, changes=False, by="")

    def command(self, name: str, run: Callable[[], object], *, changes: bool = False) -> None:
        """Do what a command does, and look at what the audit trail says of it."""
        request_id = uuid7()
        with structlog.contextvars.bound_contextvars(request_id=str(request_id)):
            run()
        self.check(f"command {name}", request_id, changes=changes, by="")

    def check(self, operation: str, request_id: UUID, *, changes: bool, by: str) -> None:
        """Who, when, what, before and after: what of it is missing is a problem."""
        self.asked.add(operation)
        rows = self.rows_of(request_id)
        if not rows:
            self.problems.append(f"{operation}: nothing is recorded")
        if changes and not any(row.has_change for row in rows):
            self.problems.append(f"{operation}: no before and after in {rows}")
        for row in rows:
            if not (row.action and row.subject and row.subject_id):
                self.problems.append(f"{operation}: what was done to what? {row}")
            if by and row.actor["kind"] != by:
                self.problems.append(f"{operation}: done by {row.actor}")
            if by and not (row.actor["label"] and (by == "customer" or row.actor["user_id"])):
                self.problems.append(f"{operation}: nobody did it: {row.actor}")

    def rows(self) -> list[Row]:
        """All records of the company in LIVE."""
        return self._asked("tenant_id = %s", self.caller.tenant_id)

    def rows_of(self, request_id: UUID) -> list[Row]:
        """All records of a request, in whichever companies and environments."""
        return self._asked("request_id = %s", request_id)

    def _asked(self, condition: str, value: UUID) -> list[Row]:
        with psycopg.connect(self.superuser) as connection:
            found = connection.execute(
                "select action, subject, subject_id, actor, request_id, details"
                f" from kontorhaus.audit where {condition} order by id".encode(),
                (value,),
            )
            return [Row(*row) for row in found]

    def filled(self, text: str) -> str:
        """A text with the ids put in."""
        return re.sub(r"{(\w+)}", lambda word: self.ids[word[1]], text)
