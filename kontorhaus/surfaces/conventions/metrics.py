"""Counters of requests, in the form that Prometheus reads."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Counter, Histogram, generate_latest

_COUNT = Counter(
    "kontorhaus_http_requests", "Answered requests.", ("surface", "operation", "status")
)
_DURATION = Histogram(
    "kontorhaus_http_request_seconds",
    "Time from the first byte in to the last byte out.",
    ("surface", "operation"),
)
_MICROSECONDS = 1_000_000


@lru_cache(maxsize=4096)
def _counter(surface: str, operation: str, status: int) -> Counter:
    return _COUNT.labels(surface, operation, str(status))


@lru_cache(maxsize=1024)
def _histogram(surface: str, operation: str) -> Histogram:
    return _DURATION.labels(surface, operation)


def count(surface: str, operation: str, status: int, microseconds: int) -> None:
    """Note an answered request."""
    _counter(surface, operation, status).inc()
    _histogram(surface, operation).observe(microseconds / _MICROSECONDS)


def text() -> bytes:
    """All metrics of this process."""
    return generate_latest()
