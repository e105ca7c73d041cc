"""What the page of a person's own sign-in shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import segno

from kontorhaus.identity import queries as identity
from kontorhaus.identity.factors import actions as factors
from kontorhaus.identity.factors import totp
from kontorhaus.identity.factors.model import Factor
from kontorhaus.identity.sessions import account
from kontorhaus.identity.sessions.model import OpenSession
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import auth
from kontorhaus.surfaces.web.auth import Desk

# The first name that a User-Agent holds is the right one: most claim to be others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_LONGEST_NAME = 40
_GROUP = 4
# Modules of light around a QR code (ISO/IEC 18004).
_MARGIN = 4


@dataclass(frozen=True)
class SessionRow:
    """An open session: `device` in words, instants in the organization's time zone."""

    session_id: UUID
    device: str
    network: str
    is_program: bool
    is_this: bool
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True)
class Draft:
    """A key that waits for its first code, for an app's camera and for fingers.

    `path` draws the dark modules of the QR code, whose width is `size` modules with its margin.
    """

    path: str
    size: int
    key: str


@dataclass(frozen=True)
class SecurityPage:
    """A person's own sign-in; `codes` are recovery codes, shown this once."""

    sessions: tuple[SessionRow, ...]
    factor: Factor | None
    on_since: datetime | None
    draft: Draft | None
    codes: Sequence[str] = ()
    complaints: Mapping[str, str] = field(default_factory=dict)
    is_saved: bool = False
    may_change: bool = True


def build(
    work: Work,
    desk: Desk,
    *,
    codes: Sequence[str] = (),
    complaints: Mapping[str, str] | None = None,
    is_saved: bool = False,
) -> SecurityPage:
    """The page as things stand."""
    factor = account.factor(work)
    since = desk.local(factor.confirmed_at) if factor and factor.confirmed_at else None
    return SecurityPage(
        sessions=tuple(_row(desk, each) for each in account.open_sessions(work)),
        factor=factor,
        on_since=since,
        draft=_draft(work, auth.secret_of(desk.resources), factor) if factor else None,
        codes=codes,
        complaints=complaints or {},
        is_saved=is_saved,
    )


def device(agent: str) -> str:
    """A User-Agent in words: Firefox, Windows."""
    names = [
        next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, names)) or agent[:_LONGEST_NAME]


def _row(desk: Desk, session: OpenSession) -> SessionRow:
    return SessionRow(
        session.session_id,
        device(session.agent),
        session.client.removeprefix("address:"),
        session.surface != "web",
        session.session_id == desk.principal.actor.id,
        desk.local(session.created_at),
        desk.local(session.last_used_at),
    )


def _draft(work: Work, secret: Secret, factor: Factor) -> Draft | None:
    if factor.confirmed_at is not None:
        return None
    key = factors.key_to_show(secret, factor)
    user_id = work.actor.user_id
    assert user_id is not None, "a session belongs to a person"
    address = identity.user(work, user_id=UserId(user_id)).email
    code = segno.make(totp.uri(key, address), error="m", micro=False)
    rows = list(code.matrix_iter(border=_MARGIN))
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    groups = [key[start : start + _GROUP] for start in range(0, len(key), _GROUP)]
    return Draft(path, len(rows), " ".join(groups))
