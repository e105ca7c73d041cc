"""How many requests a credential may still send this minute, counted over all processes.

A process leases requests in lots from one unlogged row, so that counting costs next to nothing;
a crash forgets at most one lot.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from kontorhaus.runtime.database import Database

WINDOW_SECONDS = 60
_LOT = 200
_LOTS_IN_LIMIT = 30
# What the headers say when there is no limit.
_UNLIMITED = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a window of one minute; seconds until the next one begins."""

    limit: int
    remaining: int
    reset_seconds: int
    is_allowed: bool = True


@dataclass(slots=True)
class _Share:
    """This process's part of a window: `left` may be spent, `free` is what nobody has leased."""

    window: int
    left: int
    free: int


class RateLimiter:
    """Counts requests; `limit` a minute for each credential, 0 for no limit."""

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit
        self._lot = max(1, min(_LOT, limit // _LOTS_IN_LIMIT))
        self._shares: dict[str, _Share] = {}
        self._window = 0
        self._lock = threading.Lock()

    def take_leased(self, credential: str) -> Allowance | None:
        """One request out of what this process holds; None if it must lease more first."""
        if not self._limit:
            return Allowance(_UNLIMITED, _UNLIMITED, 0)
        window, reset = _now()
        with self._lock:
            share = self._shares.get(credential)
            if share is None or share.window != window:
                return None
            if share.left:
                share.left -= 1
                return Allowance(self._limit, share.left + share.free, reset)
            if share.free:
                return None
        return Allowance(self._limit, 0, reset, is_allowed=False)

    def take(self, credential: str) -> Allowance:
        """One request, after leasing a lot where this process holds none; asks the database."""
        allowance = self.take_leased(credential)
        if allowance is not None:
            return allowance
        window, _ = _now()
        used = self._lease(credential, window)
        granted = max(0, min(self._lot, self._limit - (used - self._lot)))
        self._add(credential, _Share(window, granted, max(0, self._limit - used)))
        return self.take_leased(credential) or self.take(credential)

    def take_alone(self, address: str) -> Allowance:
        """One request of somebody without a credential, counted in this process only."""
        if not self._limit:
            return Allowance(_UNLIMITED, _UNLIMITED, 0)
        window, _ = _now()
        with self._lock:
            share = self._shares.get(address)
            if share is None or share.window != window:
                self._remember(address, _Share(window, self._limit, 0))
        allowance = self.take_leased(address)
        return allowance or Allowance(self._limit, self._limit, WINDOW_SECONDS)

    def look_alone(self, address: str) -> Allowance:
        """What `take_alone` has left, without taking anything."""
        window, reset = _now()
        with self._lock:
            share = self._shares.get(address)
            if not self._limit or share is None or share.window != window:
                return Allowance(self._limit, self._limit, reset)
            return Allowance(self._limit, share.left, reset, is_allowed=share.left > 0)

    def _add(self, credential: str, lease: _Share) -> None:
        with self._lock:
            known = self._shares.get(credential)
            if known is not None and known.window == lease.window:
                lease.left += known.left
            self._remember(credential, lease)

    def _remember(self, credential: str, share: _Share) -> None:
        """Keep a share; with a new window all shares of earlier ones are worth nothing."""
        if share.window > self._window:
            self._window = share.window
            self._shares.clear()
        self._shares[credential] = share

    def _lease(self, credential: str, window: int) -> int:
        """How many requests of the window are leased now, this lot included."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute("set local synchronous_commit = off")
            row = connection.execute(
                "insert into rate_window as w (credential, window_start, used)"
                " values (%(credential)s, %(window)s, %(lot)s) on conflict (credential) do update"
                " set used = case when w.window_start = %(window)s then w.used else 0 end"
                " + %(lot)s, window_start = %(window)s returning used",
                {"credential": credential, "window": window, "lot": self._lot},
            ).fetchone()
        assert row is not None
        return int(row[0])


def _now() -> tuple[int, int]:
    """The present window and the seconds until the next; real time even in the demo."""
    window, seconds = divmod(int(time.time()), WINDOW_SECONDS)
    return window, WINDOW_SECONDS - seconds
