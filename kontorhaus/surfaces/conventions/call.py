"""One call of an operation: what it may use, and the one transaction that it may write in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

import psycopg

from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.errors import Denied
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin
from kontorhaus.surfaces.conventions import idempotency, store
from kontorhaus.surfaces.conventions.answers import Reply, render
from kontorhaus.surfaces.conventions.exchange import Exchange
from kontorhaus.surfaces.conventions.idempotency import Claim

Result = TypeVar("Result")

_RETRIES = 3
_JITTER_MILLISECONDS = 40


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who need not say who it is."""

    resources: Resources
    exchange: Exchange

    @property
    def request_id(self) -> UUID:
        """The id of this request."""
        return self.exchange.request_id

    def header(self, name: str) -> str | None:
        """The value of a request header (name in lower case)."""
        return self.exchange.header(name)


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a known caller; `claim` is its Idempotency-Key, `current` its object's state.

    `current` renders the object that the path names as a GET would, for If-Match. `forget_token`
    lets the caller's token be looked up again at its next use, after it was revoked.
    """

    resources: Resources
    principal: Principal
    exchange: Exchange
    status: int
    claim: Claim | None = None
    current: Callable[[Work], Reply] | None = None
    forget_token: Callable[[], None] = lambda: None

    @property
    def caller(self) -> Caller:
        """The caller of its transactions."""
        return self.principal.caller(self.exchange.request_id)

    @property
    def request_id(self) -> UUID:
        """The id of this request."""
        return self.exchange.request_id

    @property
    def today(self) -> date:
        """The day it is where the organization sits."""
        return day_in(self.resources.database.clock.now(), self.principal.time_zone)

    def header(self, name: str) -> str | None:
        """The value of a request header (name in lower case)."""
        return self.exchange.header(name)

    def read(self, function: Callable[[Work], Result]) -> Result:
        """What a function finds in a transaction that only reads."""
        with begin(self.resources.database, self.caller, read_only=True) as work:
            return function(work)

    def write(self, function: Callable[[Work], object]) -> Reply:
        """The finished answer of a function that writes: built, stored and committed with it.

        A repeated Idempotency-Key gives the first answer. What the database asks to be tried
        again (40001, 40P01) is tried again, so the function must be safe to start anew.
        """
        for attempt in range(_RETRIES + 1):
            try:
                return self._write_once(function)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                if attempt == _RETRIES:
                    raise
                time.sleep((1 + secrets.randbelow(_JITTER_MILLISECONDS)) / 1000)
        raise AssertionError("the last attempt returns or raises")

    def replay(self) -> Reply | None:
        """The first answer to this call's Idempotency-Key, if it was given one before."""
        claim = self.claim
        if claim is None:
            return None
        return self.read(lambda work: idempotency.replayed(work, claim))

    def _write_once(self, function: Callable[[Work], object]) -> Reply:
        database = self.resources.database
        if self.claim is None:
            with begin(database, self.caller) as work:
                return self._answer(work, function)
        for is_last in idempotency.patience():
            with begin(database, self.caller) as work:
                first = idempotency.claimed(work, self.claim, is_last=is_last)
                if first is None:
                    continue
                if first is not idempotency.OURS:
                    return first
                reply = self._answer(work, function)
                idempotency.keep(work, self.claim, reply)
                return reply
        raise AssertionError("the last try is answered or refused")

    def _answer(self, work: Work, function: Callable[[Work], object]) -> Reply:
        if self.current is not None:
            self._check_match(work)
        return render(function(work), self.status)

    def _check_match(self, work: Work) -> None:
        """If-Match (RFC 9110): change only what the caller has seen."""
        assert self.current is not None
        store.lock_object(work, path=self.exchange.path)
        wanted = self.header("if-match")
        if wanted is None or wanted.strip() == "*":
            return
        etag = self.current(work).etag
        if etag not in [part.strip() for part in wanted.split(",")]:
            raise Denied("precondition_failed", "It has changed since it was read.", etag=etag)
