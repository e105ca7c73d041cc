"""The serving process: HTTP and, unless told otherwise, the worker inside it."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn

from kontorhaus.app import asgi, tasks
from kontorhaus.kernel.errors import Conflict
from kontorhaus.runtime.jobs import Worker
from kontorhaus.runtime.resources import Resources

_GRACE_SECONDS = 2
_BACKLOG = 2048
_COLLECT_AFTER = 20_000
_MAX_HEADER_BYTES = 65_536

_log = structlog.get_logger("kontorhaus.server")


class _Server(uvicorn.Server):
    """Says when it listens, and when it was told to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        when_ready: Callable[[], None],
        when_told: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._when_told = when_told

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._when_told()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._when_ready()


def serve(resources: Resources, *, when_ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; what is under way is finished first."""
    listener = _listen(resources)
    tasks.register()
    worker = Worker(resources).start() if resources.config.worker_inside else None
    config = uvicorn.Config(
        asgi.create_app(resources),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
        proxy_headers=bool(resources.config.trusted_proxies),
        forwarded_allow_ips=resources.config.trusted_proxies or None,
    )
    _obey_once()
    try:
        _calm_the_collector()
        when_told = worker.ask_to_stop if worker else lambda: None
        _Server(config, when_ready=when_ready, when_told=when_told).run(sockets=[listener])
    finally:
        listener.close()
        if worker:
            worker.stop()
        _log.info("stopped")


def _calm_the_collector() -> None:
    """What was imported and wired stays for ever: the garbage collector need not look at it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)


def _obey_once() -> None:
    """uvicorn raises a signal again once it has obeyed it: by then there is more to be closed."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def _listen(resources: Resources) -> socket.socket:
    config = resources.config
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        listener.close()
        raise Conflict(
            "port_taken",
            f"Port {config.port} on {config.host} cannot be used ({error.strerror}): "
            "stop the other program or set PORT.",
        ) from error
    listener.listen(_BACKLOG)
    return listener
