"""Jobs: what happens after a commit, run by procrastinate at least once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy

from kontorhaus.kernel.ids import TenantId
from kontorhaus.runtime.database import APP_ROLE, SCHEMA
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller

Task = Callable[..., None]

_tasks: dict[str, Task] = {}
_log = structlog.get_logger("kontorhaus.jobs")


def task(name: str) -> Callable[[Task], Task]:
    """Register a function (resources, caller, **arguments) that is safe to run twice."""

    def register(function: Task) -> Task:
        _tasks[name] = function
        return function

    return register


class Worker:
    """Runs jobs in a thread of its own until it is stopped."""

    def __init__(self, resources: Resources, *, concurrency: int = 2) -> None:
        self._resources = resources
        self._concurrency = concurrency
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> Worker:
        """Begin to fetch jobs."""
        self._thread.start()
        return self

    def stop(self, timeout_seconds: float = 4.0) -> None:
        """Finish the jobs at hand and return."""
        loop, running = self._loop, self._running
        if loop and running and not loop.is_closed():
            loop.call_soon_threadsafe(running.cancel)
        self._thread.join(timeout_seconds)

    def join(self) -> None:
        """Wait until the worker is stopped."""
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running = asyncio.current_task()
        app = self._app()
        try:
            async with app.open_async():
                await app.run_worker_async(
                    concurrency=self._concurrency, install_signal_handlers=False,
                    listen_notify=True, fetch_job_polling_interval=5,
                    shutdown_graceful_timeout=3, delete_jobs="successful",
                )
        except asyncio.CancelledError:
            _log.info("worker_stopped")

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._resources.database.conninfo, min_size=1, max_size=4,
            kwargs={"options": f"-c search_path={SCHEMA} -c role={APP_ROLE}"},
        )
        app = App(connector=connector)
        retry = RetryStrategy(max_attempts=6, exponential_wait=3)
        for name, function in _tasks.items():
            app.task(name=name, retry=retry)(self._bound(name, function))
        return app

    def _bound(self, name: str, function: Task) -> Callable[..., None]:
        def run(tenant_id: str, time_zone: str, request_id: str | None,
                arguments: dict[str, Any]) -> None:
            caller = Caller(
                TenantId(UUID(tenant_id)), SYSTEM, time_zone,
                UUID(request_id) if request_id else None,
            )
            with structlog.contextvars.bound_contextvars(
                task=name, tenant_id=tenant_id, request_id=request_id
            ):
                function(self._resources, caller, **arguments)
                _log.info("job_done")

        return run
