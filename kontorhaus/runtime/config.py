"""What an operator may set, read once from KONTORHAUS_* variables and PORT."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from kontorhaus.kernel.errors import Invalid

_SYSTEM_HOME = Path("/var/lib/kontorhaus")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process; docs/guide/operate.md explains each of them.

    `home` holds everything that must be backed up (database, blobs, secret).
    `clock` stands still at an instant, for tests and the demo only; `demo_access` is the file
    that tells keys and passwords of the demo. `smtp_url` may hold a password; without it no mail
    is sent. `operator_email` is whoever runs the server. `email_limit` is how many documents a
    tenant sends by e-mail in a day. `document_quota` is how many documents a
    month an organization may make that is founded from now on. `xrechnung_rules` is a folder with
    KoSIT's own rules, asked beside ours.
    """

    home: Path
    database_url: str | None
    owner_database_url: str | None
    blob_url: str | None
    host: str
    port: int
    public_url: str
    rate_limit: int
    workshop_processes: int
    pool_size: int
    worker_inside: bool
    clock: datetime | None
    log_level: str
    trusted_proxies: str
    demo_access: Path = Path("var/demo-access.json")
    postgres_bin: Path | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    operator_email: str | None = None
    email_limit: int = 500
    document_quota: int | None = None
    xrechnung_rules: Path | None = None


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """The settings of this process; Invalid names the variable that cannot be read."""
    get = (os.environ if environment is None else environment).get
    port = _integer("PORT", get("PORT") or get("KONTORHAUS_PORT"), 8080)
    host = get("KONTORHAUS_HOST") or "127.0.0.1"
    return Config(
        home=Path(get("KONTORHAUS_HOME") or _default_home()).absolute(),
        database_url=get("KONTORHAUS_DATABASE_URL"),
        owner_database_url=get("KONTORHAUS_OWNER_DATABASE_URL") or get("KONTORHAUS_DATABASE_URL"),
        blob_url=get("KONTORHAUS_BLOB_URL"),
        host=host,
        port=port,
        public_url=(get("KONTORHAUS_PUBLIC_URL") or f"http://{host}:{port}").rstrip("/"),
        rate_limit=_integer("KONTORHAUS_RATE_LIMIT", get("KONTORHAUS_RATE_LIMIT"), 6000),
        workshop_processes=_integer(
            "KONTORHAUS_WORKSHOP_PROCESSES", get("KONTORHAUS_WORKSHOP_PROCESSES"), 1
        ),
        pool_size=_integer("KONTORHAUS_POOL_SIZE", get("KONTORHAUS_POOL_SIZE"), 16),
        worker_inside=(get("KONTORHAUS_WORKER") or "inside") == "inside",
        clock=_instant(get("KONTORHAUS_CLOCK")),
        log_level=(get("KONTORHAUS_LOG_LEVEL") or "info").lower(),
        trusted_proxies=get("KONTORHAUS_TRUSTED_PROXIES") or "",
        demo_access=Path(get("KONTORHAUS_DEMO_ACCESS") or "var/demo-access.json"),
        postgres_bin=_path(get("KONTORHAUS_POSTGRES_BIN")),
        smtp_url=_smtp(get("KONTORHAUS_SMTP_URL"), get("KONTORHAUS_MAIL_FROM")),
        mail_from=get("KONTORHAUS_MAIL_FROM"),
        operator_email=get("KONTORHAUS_OPERATOR_EMAIL"),
        email_limit=_integer("KONTORHAUS_EMAIL_LIMIT", get("KONTORHAUS_EMAIL_LIMIT"), 500),
        document_quota=_quota(get("KONTORHAUS_DOCUMENT_QUOTA")),
        xrechnung_rules=_path(get("KONTORHAUS_XRECHNUNG_RULES")),
    )


def _default_home() -> Path:
    """Root keeps the data where the unprivileged database server can reach it."""
    return _SYSTEM_HOME if os.geteuid() == 0 else Path("var/kontorhaus")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _smtp(url: str | None, sender: str | None) -> str | None:
    """The mail server's address; its mails need a sender."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise Invalid(
            "setting",
            "KONTORHAUS_SMTP_URL must be smtp://user:password@host:port or smtps://….",
            field="KONTORHAUS_SMTP_URL",
        )
    if "@" not in (sender or ""):
        raise Invalid(
            "setting",
            "KONTORHAUS_MAIL_FROM must be the address that mails come from.",
            field="KONTORHAUS_MAIL_FROM",
        )
    return url


def _quota(text: str | None) -> int | None:
    return _integer("KONTORHAUS_DOCUMENT_QUOTA", text, 0) if text else None


def _integer(name: str, text: str | None, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Invalid("setting", f"{name} must be a whole number, not {text!r}.", field=name)
    return int(text)


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "setting",
            "KONTORHAUS_CLOCK must be an instant such as 2026-03-29T01:59:59+00:00.",
            field="KONTORHAUS_CLOCK",
        ) from error
    if instant.tzinfo is None:
        raise Invalid("setting", "KONTORHAUS_CLOCK needs an offset.", field="KONTORHAUS_CLOCK")
    return instant
