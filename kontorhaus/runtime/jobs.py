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
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller

Task = Callable[..., None]

Chore = Callable[[Resources], None]

_tasks: dict[str, Task] = {}
_chores: dict[str, tuple[str, Chore]] = {}
_log = structlog.get_logger("kontorhaus.jobs")
_STALLED_CRON = "* * * * *"
_STALLED_SECONDS = 30


def task(name: str) -> Callable[[Task], Task]:
    """Register a function (resources, caller, **arguments) that is safe to run twice."""

    def register(function: Task) -> Task:
        _tasks[name] = function
        return function

    return register


def chore(name: str, *, cron: str) -> Callable[[Chore], Chore]:
    """Register a function (resources) that is run at the times of a cron line, in UTC.

    A time that was missed is caught up once.
    """

    def register(function: Chore) -> Chore:
        _chores[name] = (cron, function)
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

    def ask_to_stop(self) -> None:
        """Fetch no more jobs; returns at once."""
        loop, running = self._loop, self._running
        if loop and running and not loop.is_closed():
            loop.call_soon_threadsafe(running.cancel)

    def stop(self, timeout_seconds: float = 2.0) -> None:
        """Finish the jobs at hand and return; what takes longer is done again later."""
        self.ask_to_stop()
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
                await _take_up_again(app)
                await app.run_worker_async(
                    concurrency=self._concurrency,
                    install_signal_handlers=False,
                    listen_notify=True,
                    fetch_job_polling_interval=5,
                    shutdown_graceful_timeout=2,
                    delete_jobs="successful",
                )
        except asyncio.CancelledError:
            _log.info("worker_stopped")

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._resources.database.conninfo,
            min_size=1,
            max_size=4,
            kwargs={"options": f"-c search_path={SCHEMA} -c role={APP_ROLE}"},
        )
        app = App(connector=connector)
        retry = RetryStrategy(max_attempts=6, exponential_wait=3)
        for name, function in _tasks.items():
            app.task(name=name, retry=retry)(self._bound(name, function))
        for name, (cron, chore_function) in _chores.items():
            app.periodic(cron=cron)(
                app.task(name=name, queueing_lock=name)(self._repeated(name, chore_function))
            )

        @app.periodic(cron=_STALLED_CRON)
        @app.task(name="runtime.take_up_again", queueing_lock="runtime.take_up_again")
        async def take_up_again(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
            await _take_up_again(app)

        return app

    def _repeated(self, name: str, function: Chore) -> Callable[[int], None]:
        def run(timestamp: int) -> None:
            with structlog.contextvars.bound_contextvars(task=name, request_id=str(uuid7())):
                function(self._resources)
                _log.info("chore_done", due_at=timestamp)

        return run

    def _bound(self, name: str, function: Task) -> Callable[..., None]:
        def run(
            tenant_id: str, time_zone: str, request_id: str | None, arguments: dict[str, Any]
        ) -> None:
            caller = Caller(
                TenantId(UUID(tenant_id)),
                SYSTEM,
                time_zone,
                UUID(request_id) if request_id else None,
            )
            with structlog.contextvars.bound_contextvars(
                task=name, tenant_id=tenant_id, request_id=request_id
            ):
                function(self._resources, caller, **arguments)
                _log.info("job_done")

        return run


async def _take_up_again(app: App) -> None:
    """Give the jobs of workers that died back to the queue."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
        await app.job_manager.retry_job(job)
        _log.info("job_taken_up_again", job=job.task_name)
