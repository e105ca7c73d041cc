"""What the pages about third-party apps show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kontorhaus.identity.oauth import queries, rules
from kontorhaus.identity.oauth.model import App, Asked
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions.model import Place
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.apps import words
from kontorhaus.surfaces.web.apps.words import Permission
from kontorhaus.surfaces.web.language import Language


@dataclass(frozen=True)
class PlaceChoice:
    """A company and environment that an app may be let in to."""

    tenant_id: UUID
    organization: str
    environment: str
    is_current: bool


@dataclass(frozen=True)
class ConsentPage:
    """The question of an app. `closed` names the rooms that it has no access to."""

    action: str
    name: str
    owner: str
    permissions: tuple[Permission, ...]
    closed: str
    places: tuple[PlaceChoice, ...]
    person: str
    leads_to: str

    @property
    def organization(self) -> str:
        """The company, where there is but one to choose."""
        names = {choice.organization for choice in self.places}
        return names.pop() if len(names) == 1 else ""

    @property
    def mark(self) -> str:
        """Two letters for the app."""
        parts = self.name.split()
        return (parts[0][:1] + (parts[1][:1] if len(parts) > 1 else parts[0][1:2])).strip()


@dataclass(frozen=True)
class AccessRow:
    """An app that has access through a person."""

    app_id: UUID
    user_id: UUID
    name: str
    person: str
    may: str
    since: datetime
    last_used: datetime | None


@dataclass(frozen=True)
class OwnRow:
    """An app that the company registered."""

    client_id: str
    name: str
    kind: str
    may: str
    redirects: tuple[str, ...]


@dataclass(frozen=True)
class Handover:
    """A secret that is shown this once, with the app it belongs to."""

    name: str
    client_id: str
    secret: str | None


@dataclass(frozen=True)
class AppsPage:
    """Apps with access, and those of the company itself."""

    organization: str
    access: tuple[AccessRow, ...]
    own: tuple[OwnRow, ...]
    may_register: bool
    handover: Handover | None = None
    done: str = ""
    may_change: bool = True


@dataclass(frozen=True)
class AppForm:
    """The form of a new app: what was typed, and a sentence for each wrong field."""

    permissions: tuple[Permission, ...]
    chosen: Collection[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    complaints: Mapping[str, str] = field(default_factory=dict)
    may_change: bool = True

    @property
    def longest(self) -> Mapping[str, int]:
        """How many characters a text may have."""
        return {
            "name": rules.LONGEST_NAME,
            "redirect_uris": rules.MOST_REDIRECTS * (rules.LONGEST_REDIRECT + 2),
        }


def consent(
    spoken: Language, asked: Asked, *, action: str, person: str, places: Collection[Place],
    current: UUID,
) -> ConsentPage:  # fmt: skip
    """The question of an app to a person."""
    return ConsentPage(
        action=action,
        name=asked.app.details.name,
        owner=asked.app.owner_name,
        permissions=words.permissions(spoken, asked.scopes),
        closed=words.closed(spoken, asked.scopes),
        places=tuple(
            PlaceChoice(
                place.tenant_id,
                place.organization_name,
                place.environment,
                place.tenant_id == current,
            )
            for place in places
        ),
        person=person,
        leads_to=asked.redirect_uri.partition("?")[0].partition("://")[2] or asked.redirect_uri,
    )


def apps(
    work: Work,
    spoken: Language,
    principal: Principal,
    local: Callable[[datetime], datetime],
) -> AppsPage:
    """Which apps have access, and which belong to the company."""
    may_register = principal.may("admin")
    access = tuple(
        AccessRow(
            app_id=found.app_id,
            user_id=found.user_id,
            name=found.name,
            person=found.user_name,
            may=_listed(spoken, found.scopes),
            since=local(found.since),
            last_used=local(found.last_used_at) if found.last_used_at else None,
        )
        for found in queries.connected(work, principal=principal)
    )
    own = tuple(_own(spoken, app) for app in queries.apps(work)) if may_register else ()
    return AppsPage(principal.organization_name, access, own, may_register)


def form(spoken: Language) -> AppForm:
    """The empty form."""
    return AppForm(words.permissions(spoken, rules.SCOPES))


def _own(spoken: Language, app: App) -> OwnRow:
    details = app.details
    may = _listed(spoken, details.scopes)
    return OwnRow(app.client_id, details.name, details.kind, may, details.redirect_uris)


def _listed(spoken: Language, scopes: Collection[str]) -> str:
    return ", ".join(found.title for found in words.permissions(spoken, scopes))
