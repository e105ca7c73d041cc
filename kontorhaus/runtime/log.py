"""One JSON line per event on standard error, with the request it belongs to."""

from __future__ import annotations

import logging
import sys
from uuid import UUID

import structlog


def configure(level: str) -> None:
    """Send structlog's and the standard library's events out as JSON lines."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    told: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*told, as_json],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *told],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


def request_id() -> UUID | None:
    """The id that every line of the present request, job or command carries, if there is one."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return UUID(found) if found else None


def name_request(found: UUID) -> None:
    """Let what follows belong to a request of this id."""
    structlog.contextvars.bind_contextvars(request_id=str(found))
