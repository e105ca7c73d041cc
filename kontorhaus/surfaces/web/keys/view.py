"""What the pages of API keys show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kontorhaus.identity import queries as identity
from kontorhaus.identity.keys import rules
from kontorhaus.identity.model import ApiKey, IssuedKey
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.rules import ADMIN, scopes_of
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.apps import words
from kontorhaus.surfaces.web.apps.words import Permission
from kontorhaus.surfaces.web.language import Language


@dataclass(frozen=True)
class KeyRow:
    """A key. `state` is on, off or over; `may` says in words what it may."""

    id: str
    name: str
    prefix: str
    surface: str
    may: str
    maker: str
    since: datetime
    last_used: date | None
    until: datetime | None
    state: str


@dataclass(frozen=True)
class Handover:
    """A token that is shown this once; of a management key its open half, too."""

    name: str
    public_id: str | None
    token: str


@dataclass(frozen=True)
class KeysPage:
    """All keys of an environment, LIVE or TEST; `done` is switched, deleted or empty."""

    environment: str
    rows: tuple[KeyRow, ...]
    may_make: bool
    may_change: bool = True
    handover: Handover | None = None
    done: str = ""


@dataclass(frozen=True)
class KeyForm:
    """The form of a new key for one surface; `chosen` are the ticked scopes."""

    surface: str
    permissions: tuple[Permission, ...]
    chosen: Collection[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    complaints: Mapping[str, str] = field(default_factory=dict)
    may_change: bool = True

    @property
    def longest(self) -> Mapping[str, int]:
        """How many characters a text may have."""
        return {"name": 100}


def keys(
    work: Work, spoken: Language, principal: Principal, local: Callable[[datetime], datetime]
) -> KeysPage:
    """The keys of programs; those of customers stand with their customers."""
    names = {member.id: member.label for member in identity.users(work)}
    rows = tuple(
        KeyRow(
            id=str(key.id),
            name=key.name,
            prefix=key.prefix,
            surface=key.surface,
            may=_may(spoken, key),
            maker=names.get(key.created_by, ""),
            since=local(key.created_at),
            last_used=key.last_used_date,
            until=local(key.expires_at) if key.expires_at else None,
            state=_state(work, key),
        )
        for key in identity.api_keys(work)
        if key.party_id is None
    )
    return KeysPage(principal.environment, rows, principal.may(ADMIN))


def form(spoken: Language, principal: Principal, surface: str) -> KeyForm:
    """The form of a new key, with what the person itself may; Invalid("surface")."""
    mine = rules.open_to(rules.surface(surface), scopes_of(principal.role))
    return KeyForm(surface, words.permissions(spoken, mine))


def handed_over(issued: IssuedKey) -> Handover:
    """A new key as it is shown this once."""
    return Handover(issued.key.name, issued.public_id, issued.token)


def _may(spoken: Language, key: ApiKey) -> str:
    if ADMIN in key.scopes:
        return spoken.text("everything that its maker may")
    return ", ".join(found.title for found in words.permissions(spoken, key.scopes))


def _state(work: Work, key: ApiKey) -> str:
    if key.expires_at is not None and key.expires_at <= work.now:
        return "over"
    return "on" if key.is_enabled else "off"
