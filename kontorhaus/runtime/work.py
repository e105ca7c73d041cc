"""Work: one caller, one tenant, one instant, one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from psycopg.types.json import Jsonb

from kontorhaus.kernel.ids import TenantId
from kontorhaus.runtime import log
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.database import Database, type_of_connection
from kontorhaus.runtime.ids import uuid7

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a key, an app on somebody's behalf, or the program itself.

    `kind` is user|api_key|oauth_client|system; `user_id` names the person behind it;
    `channel` says by which way (dashboard, api, bank, import, system).
    """

    kind: str
    id: UUID | None
    user_id: UUID | None
    label: str
    key_prefix: str | None
    surface: str
    channel: str

    def as_json(self) -> dict[str, Json]:
        """The actor as it is stored with what it did."""
        return {
            "kind": self.kind,
            "id": str(self.id) if self.id else None,
            "user_id": str(self.user_id) if self.user_id else None,
            "label": self.label,
            "key_prefix": self.key_prefix,
            "surface": self.surface,
            "channel": self.channel,
        }

    @classmethod
    def importing(cls, stored: Mapping[str, object]) -> Actor:
        """Who asked for an import, as `as_json` stored it; what is done for it comes that way."""
        given = cast(dict[str, str | None], dict(stored))
        return cls(
            kind=given["kind"] or "",
            id=_id(given["id"]),
            user_id=_id(given["user_id"]),
            label=given["label"] or "",
            key_prefix=given["key_prefix"],
            surface=given["surface"] or "",
            channel="import",
        )


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


SYSTEM = Actor("system", None, None, "Kontorhaus", None, "system", "system")
# whoever runs the server, at its command line
OPERATOR = Actor("system", None, None, "Operator", None, "cli", "system")


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor within one tenant; `time_zone` (IANA) decides what "today" is."""

    tenant_id: TenantId
    actor: Actor
    time_zone: str
    request_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What an action needs: its tenant, its instant and its open transaction."""

    caller: Caller
    connection: type_of_connection
    now: datetime
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", day_in(self.now, self.caller.time_zone))

    @property
    def tenant_id(self) -> TenantId:
        """The tenant that all of this belongs to."""
        return self.caller.tenant_id

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.caller.actor

    @property
    def _request_id(self) -> UUID | None:
        """The id under which the log knows what this is done for."""
        return self.caller.request_id or log.request_id()

    def new_id(self) -> UUID:
        """A fresh UUIDv7."""
        return uuid7()

    def record(
        self,
        action: str,
        *,
        subject: str,
        subject_id: UUID | str,
        details: Mapping[str, Json] | None = None,
    ) -> None:
        """Append to the audit trail, in this transaction.

        Among the details a list is a pair, before and after (`runtime.changes`); never a secret.
        """
        self.connection.execute(
            "insert into audit (tenant_id, id, at, action, subject, subject_id, actor,"
            " request_id, details) values (%(tenant)s, %(id)s, %(at)s, %(action)s, %(subject)s,"
            " %(subject_id)s, %(actor)s, %(request)s, %(details)s)",
            {
                "tenant": self.tenant_id,
                "id": self.new_id(),
                "at": self.now,
                "action": action,
                "subject": subject,
                "subject_id": str(subject_id),
                "actor": Jsonb(self.actor.as_json()),
                "request": self._request_id,
                "details": Jsonb(dict(details or {})),
            },
        )

    def enqueue(
        self, task: str, *, lock: str | None = None, at: datetime | None = None, **arguments: Json
    ) -> None:
        """Append a job, in this transaction; it runs after the commit, at least once.

        Jobs with the same `lock` run one after another; none runs before `at`.
        """
        given: dict[str, Json] = {
            "tenant_id": str(self.tenant_id),
            "time_zone": self.caller.time_zone,
            "request_id": str(self._request_id) if self._request_id else None,
            "arguments": dict(arguments),
        }
        self.connection.execute(
            "select procrastinate_defer_jobs_v1(array[row('default', %(task)s, 0, %(lock)s, null,"
            " %(arguments)s, %(at)s)::procrastinate_job_to_defer_v1])",
            {"task": task, "lock": lock, "arguments": Jsonb(given), "at": at},
        )


@contextmanager
def begin(database: Database, caller: Caller, *, read_only: bool = False) -> Iterator[Work]:
    """A transaction for a caller: committed at the end of the block, rolled back by any exception.

    What only reads sees one instant, however many statements it needs. The tenant is set by a
    literal, since a function call would not reach sharded workers.
    """
    mode = "begin isolation level repeatable read, read only" if read_only else "begin"
    with database.begun(f"{mode}; {_set_tenant(caller)}") as connection:
        try:
            yield Work(caller, connection, database.clock.now())
        except BaseException:
            if not connection.closed:
                connection.rollback()
            raise
        connection.commit()


def within(connection: type_of_connection, caller: Caller, now: datetime) -> Work:
    """The rest of a transaction that is open already, for a caller."""
    connection.execute(_set_tenant(caller).encode())
    return Work(caller, connection, now)


@contextmanager
def elsewhere(work: Work, tenant_id: TenantId, time_zone: str) -> Iterator[Work]:
    """The same transaction and actor in another tenant, and back again at the end of the block."""
    caller = replace(work.caller, tenant_id=tenant_id, time_zone=time_zone)
    yield within(work.connection, caller, work.now)
    within(work.connection, work.caller, work.now)


def _set_tenant(caller: Caller) -> str:
    return f"set local kontorhaus.tenant_id = '{UUID(str(caller.tenant_id))}'"
