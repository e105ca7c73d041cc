"""The doctor: looks at everything an installation needs and names the remedy for what is wrong."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import saxonche
import typst

from kontorhaus import __version__
from kontorhaus.app.start import Conninfo, database_server
from kontorhaus.invoicing.making import rendering
from kontorhaus.kernel.errors import Refusal
from kontorhaus.runtime import diagnosis, mail, migrate, secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.database import APP_ROLE
from kontorhaus.runtime.workshop import Workshop, WorkshopFailure

_OLDEST_PYTHON = (3, 11)
_OLDEST_POSTGRES = 150_000
_FREE_BYTES = 2 * 1024**3
_CLOCK_TOLERANCE = timedelta(seconds=5)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the doctor looked at; `remedy` is empty where all is well."""

    name: str
    is_well: bool
    found: str
    remedy: str = ""


def examine(config: Config) -> Iterator[Check]:
    """Every check in turn; those behind a broken one are left out."""
    yield from _machine(config)
    yield from _home(config)
    try:
        with database_server(config) as conninfo:
            yield Check("database", True, "answers")
            yield from _database(conninfo)
    except (Refusal, psycopg.Error, RuntimeError) as error:
        yield Check(
            "database",
            False,
            str(error).strip()[:300],
            "See the message; docs/guide/operate.md has a section on the database.",
        )
    yield _guarded("stored files", lambda: _blobs(config), "Check rights and space of the home.")
    yield _guarded("mail", lambda: _mail(config), "Check KONTORHAUS_SMTP_URL.")
    yield _guarded("workshop", _workshop, "Free memory, or see the log.")
    yield _guarded(
        "XRechnung rules",
        lambda: _rules(config),
        "Unpack KoSIT's release into the folder of KONTORHAUS_XRECHNUNG_RULES, or unset it.",
    )


def _machine(config: Config) -> Iterator[Check]:
    yield Check("program", True, f"Kontorhaus {__version__} on {platform.platform()}")
    yield Check(
        "python",
        sys.version_info >= _OLDEST_PYTHON,
        platform.python_version(),
        "" if sys.version_info >= _OLDEST_PYTHON else "Install Python 3.11 or newer.",
    )
    yield Check(
        "e-invoice rules",
        True,
        f"saxonche {saxonche.__version__}"
        if hasattr(saxonche, "__version__")
        else "saxonche is installed",
    )
    yield Check(
        "pdf",
        True,
        f"typst {typst.__version__}" if hasattr(typst, "__version__") else "typst is installed",
    )
    is_local = config.host in _LOOPBACK
    yield Check(
        "listen address",
        True,
        f"{config.host}:{config.port}"
        + ("" if is_local else " (reachable from outside: put a TLS proxy in front)"),
    )
    yield _port(config)
    is_plain = config.public_url.startswith("http://") and not any(
        name in config.public_url for name in _LOOPBACK
    )
    yield Check(
        "public address",
        not is_plain,
        config.public_url,
        "Set KONTORHAUS_PUBLIC_URL to the https address that users open." if is_plain else "",
    )
    yield Check(
        "clock",
        config.clock is None,
        "real time" if config.clock is None else f"stands still at {config.clock}",
        "" if config.clock is None else "Unset KONTORHAUS_CLOCK: it is for tests.",
    )


def _port(config: Config) -> Check:
    with socket.socket() as probe:
        probe.settimeout(1)
        is_taken = probe.connect_ex((config.host, config.port)) == 0
    return Check("port", True, "in use (a server runs here)" if is_taken else "free")


def _home(config: Config) -> Iterator[Check]:
    home = config.home
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    is_ours = os.access(place, os.W_OK | os.X_OK)
    yield Check(
        "home",
        is_ours,
        f"{home} as uid {os.geteuid()}",
        "" if is_ours else f"chown -R {os.geteuid()} {place}",
    )
    free = shutil.disk_usage(place).free
    yield Check(
        "disk space",
        free > _FREE_BYTES,
        f"{free / 1024**3:.1f} GiB free",
        "" if free > _FREE_BYTES else f"Free at least 2 GiB on the disk of {place}.",
    )
    path = home / "secret"
    if path.exists():
        mode = path.stat().st_mode & 0o777
        yield Check(
            "secret",
            mode == 0o600,
            f"{path} has mode {mode:o}",
            "" if mode == 0o600 else f"chmod 600 {path}",
        )
        yield _guarded(
            "secret content",
            lambda: (secret.of(home), "whole")[1],
            "Restore the secret from a backup.",
        )
    else:
        yield Check("secret", True, "will be made on the first start")


def _database(conninfo: Conninfo) -> Iterator[Check]:
    facts = diagnosis.examine(conninfo.owner)
    is_new = facts.version >= _OLDEST_POSTGRES
    yield Check(
        "postgresql",
        is_new,
        str(facts.version // 10_000),
        "" if is_new else "Use PostgreSQL 15 or newer.",
    )
    is_utf8 = facts.encoding == "UTF8"
    yield Check(
        "encoding",
        is_utf8,
        facts.encoding,
        "" if is_utf8 else "Create the database with encoding UTF8.",
    )
    weak = ", ".join(facts.weak_settings)
    yield Check(
        "durability",
        not weak,
        f"off: {weak}" if weak else "what is acknowledged stays",
        f"Switch on: {weak}" if weak else "",
    )
    is_in_step = facts.apart < _CLOCK_TOLERANCE
    yield Check(
        "time",
        is_in_step,
        f"{facts.apart} apart from the database",
        "" if is_in_step else "Let both machines keep time by NTP.",
    )
    yield Check(
        "role",
        facts.app_role_obeys,
        f"{APP_ROLE} "
        + ("obeys row level security" if facts.app_role_obeys else "has too many rights"),
        "" if facts.app_role_obeys else f"Take superuser and bypassrls from {APP_ROLE}.",
    )
    yield _schema(conninfo)


def _schema(conninfo: Conninfo) -> Check:
    steps = {step.version: step.checksum for step in migrate.migrations()}
    done = migrate.read_applied(conninfo.owner)
    if done is None:
        return Check("schema", True, "will be made on the first start")
    if max(done) > max(steps):
        return Check("schema", False, f"version {max(done)}", "Start a newer program.")
    changed = [str(v) for v, checksum in done.items() if steps.get(v) != checksum]
    missing = sorted(set(steps) - set(done))
    if changed:
        return Check(
            "schema",
            False,
            f"steps {', '.join(changed)} differ from this program",
            "Use the program that made this database, or restore a backup.",
        )
    return Check(
        "schema",
        not missing,
        f"version {max(done)}",
        f"Run kontorhaus migrate: {len(missing)} steps are missing." if missing else "",
    )


def _blobs(config: Config) -> str:
    blobs = Blobs(config.blob_url or str(config.home / "blobs"))
    return f"{sum(1 for _ in blobs.hashes())} files"


def _workshop() -> str:
    workshop = Workshop(1)
    try:
        number = workshop.run(os.getpid, timeout_seconds=20)
    finally:
        workshop.close()
    return f"process {number} answered"


def _rules(config: Config) -> str:
    folder = config.xrechnung_rules
    if folder is None:
        return "our own"
    rendering.check_operator_rules(folder)
    return f"our own and those in {folder}"


def _mail(config: Config) -> str:
    if not config.smtp_url:
        return "no mail server is set: kontorhaus invite prints links instead"
    mail.check(config)
    return "the mail server answers"


def _guarded(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, True, look())
    except (Refusal, OSError, WorkshopFailure) as error:
        return Check(name, False, str(error)[:300], remedy)
