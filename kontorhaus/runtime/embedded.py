"""The embedded PostgreSQL of one home: found or started, watched, and stopped by its owner.

Every program that uses a home holds an `EmbeddedServer`. One of them, the owner, holds the lock of
the home: it starts the server, starts it again after a crash and stops it in the end. The others
are guests, who wait for the lock: when the owner ends, a guest becomes the owner. After a killed
owner it adopts the server that still runs; after an orderly stop it starts the server again, so
that a guest sees its connections break once and new ones succeed a moment later.
"""

from __future__ import annotations

import atexit
import fcntl
import logging
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import make_conninfo

from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime import postgres_cluster
from kontorhaus.runtime.postgres_cluster import Cluster

SUPERUSER = postgres_cluster.SUPERUSER
DATABASE = postgres_cluster.DATABASE

_log = logging.getLogger(__name__)
_START_ATTEMPTS = 6
_WATCH_SECONDS = 0.25
_PAUSE_SECONDS = 0.05
_RECOVERY_SECONDS = 900.0  # a server that replays its log after a crash is not disturbed
_ORPHAN_SECONDS = 1.0
_FAST_STOP_SECONDS = 4.0


class EmbeddedError(RuntimeError):
    """The embedded server does not start; the message ends with its last words."""


class EmbeddedServer:
    """The server of a home as one program sees it; made by `ensure`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = _HomeLock(cluster.home / "database.lock")
        self._child: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._failure: str | None = None
        self._watcher = threading.Thread(target=self._watch, name="embedded-postgres", daemon=True)

    @property
    def is_owner(self) -> bool:
        """Whether this program started or adopted the server, watches it and will stop it."""
        return self._lock.is_held

    @property
    def failure(self) -> str | None:
        """Why the watch gave up restarting the server; None as long as it did not."""
        return self._failure

    @property
    def process_id(self) -> int | None:
        """The process id of the living server."""
        server = postgres_cluster.postmaster(self._cluster)
        return server.pid if server else None

    def conninfo(self, role: str) -> str:
        """How libpq reaches the database over the unix socket as `role`."""
        return make_conninfo(
            host=str(self._cluster.socket_folder),
            port=postgres_cluster.PORT,
            user=role,
            dbname=DATABASE,
        )

    def tool(self, name: str) -> Path:
        """The path of a program of the same version: pg_dump, pg_restore, psql; NotFound."""
        return self._cluster.binaries.tool(name)

    def stop(self) -> None:
        """End the watch, and as owner the server too, within five seconds; a guest leaves it."""
        self._ending.set()
        if self._watcher.is_alive():
            self._watcher.join()
        if self._lock.is_held:
            self._shut_down()
            self._lock.release()
        atexit.unregister(self.stop)

    def _begin(self) -> None:
        """Return when the server takes connections; the first in the home becomes its owner."""
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while not self._lock.acquire():
            server = postgres_cluster.postmaster(self._cluster)
            if server and server.is_ready:
                break
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another program owns the database in {self._cluster.home}, but it does "
                    "not become ready."
                )
            time.sleep(_PAUSE_SECONDS)
        try:
            if self._lock.is_held:
                self._take_over()
        except BaseException:
            self._ending.set()
            if self._child is not None:
                self._shut_down()
            self._lock.release()
            raise
        self._watcher.start()
        atexit.register(self.stop)

    def _watch(self) -> None:
        while not self._ending.wait(_WATCH_SECONDS):
            try:
                if not self._lock.is_held:
                    if self._lock.acquire():
                        _log.info("this program owns the embedded database now")
                        self._take_over()
                elif not self._is_alive():
                    _log.warning("the embedded database ended unasked and is started again")
                    self._revive()
            except (EmbeddedError, Invalid, OSError) as error:
                self._failure = str(error)
                _log.critical("the embedded database is given up: %s", error)
                return

    def _take_over(self) -> None:
        self._cluster = postgres_cluster.prepare(self._cluster)
        server = postgres_cluster.postmaster(self._cluster)
        if server and server.is_deaf:
            postgres_cluster.send(server.pid, signal.SIGINT)
        self._revive()

    def _is_alive(self) -> bool:
        if self._child is not None and self._child.poll() is not None:
            self._child = None
            return False
        return postgres_cluster.postmaster(self._cluster) is not None

    def _revive(self) -> None:
        """Adopt the running server or start one; EmbeddedError after some attempts."""
        for attempt in range(_START_ATTEMPTS):
            if self._settle() or self._ending.is_set():
                return
            self._child = postgres_cluster.launch(self._cluster)
            if self._settle(self._child) or self._ending.is_set():
                return
            if self._ending.wait(0.2 * 2**attempt):
                return
        raise EmbeddedError(f"PostgreSQL does not start: {self._last_words()}")

    def _settle(self, child: subprocess.Popen[bytes] | None = None) -> bool:
        """Wait until a server takes connections (True) or none of its processes is left (False)."""
        began = orphaned_since = time.monotonic()
        while not self._ending.is_set():
            now = time.monotonic()
            if child is not None and child.poll() is None:
                orphaned_since = now
            server = postgres_cluster.postmaster(self._cluster)
            if server is not None:
                if server.is_ready:
                    return True
                orphaned_since = now
            left = postgres_cluster.residents(self._cluster)
            if not left and (child is None or child.poll() is not None):
                postgres_cluster.forget_stale_files(self._cluster)
                return False
            if now - began > _RECOVERY_SECONDS or now - orphaned_since > 3 * _ORPHAN_SECONDS:
                _signal_all(left, signal.SIGKILL)
            elif now - orphaned_since > _ORPHAN_SECONDS:
                _signal_all(left, signal.SIGQUIT)
            self._ending.wait(_PAUSE_SECONDS)
        return False

    def _shut_down(self) -> None:
        """Fast (connections are cut, the log is written), then hard: it repairs itself later."""
        pid = self._child.pid if self._child is not None else self.process_id
        if pid is None:
            return
        for number, seconds in (
            (signal.SIGINT, _FAST_STOP_SECONDS),
            (signal.SIGQUIT, 0.4),
            (signal.SIGKILL, 0.4),
        ):
            postgres_cluster.send(pid, number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if not self._has_ended(pid):
                    time.sleep(0.02)
                    continue
                return

    def _has_ended(self, pid: int) -> bool:
        if self._child is not None:
            return self._child.poll() is not None
        return not postgres_cluster.lives(self._cluster, pid)

    def _last_words(self) -> str:
        try:
            return self._cluster.log.read_text(errors="replace")[-800:].strip()
        except FileNotFoundError:
            return f"see {self._cluster.folder / 'log'}"


def ensure(home: Path, *, binaries: Path | None = None) -> EmbeddedServer:
    """The running database server of `home`, started or found; returns when it takes connections.

    `binaries` is a folder with PostgreSQL's programs that goes before those of the wheel. Invalid
    if the home or the programs cannot be used, EmbeddedError if the server does not start.
    """
    home = home.absolute()
    try:
        _make_home(home)
        server = EmbeddedServer(postgres_cluster.at(home, binaries))
        server._begin()
    except PermissionError as error:
        raise Invalid(
            "database_home",
            f"This account may not use {error.filename or home}: start Kontorhaus as the account "
            "that owns the home, or set KONTORHAUS_HOME to another place.",
            field="KONTORHAUS_HOME",
        ) from error
    return server


@dataclass(slots=True)
class _HomeLock:
    """The lock of a home; the kernel releases it when its holder dies, however it dies."""

    path: Path
    _handle: int | None = field(default=None)

    @property
    def is_held(self) -> bool:
        return self._handle is not None

    def acquire(self) -> bool:
        handle = os.open(self.path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _make_home(home: Path) -> None:
    """Create the missing folders only: passable for the server's account when root makes them."""
    for folder in reversed([home, *home.parents]):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        postgres_cluster.send(pid, number)
