"""What every page shows: who looks at it and how, the frame around it, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from kontorhaus.banking import queries as banking
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions.model import Place
from kontorhaus.openitems import queries as openitems
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.language import Language


@dataclass(frozen=True)
class Visit:
    """How somebody looks at a page: `theme` is light, dark or empty (as the system has it)."""

    language: Language
    theme: str
    form_token: str
    here: str


@dataclass(frozen=True)
class OrganizationChoice:
    """An organization the person may change to, in the present environment where it has that."""

    tenant_id: UUID
    name: str
    environment: str
    is_current: bool


@dataclass(frozen=True)
class Shell:
    """The frame of a signed-in person's pages. `environment` is TEST or LIVE.

    `live_tenant` and `test_tenant` are None where the environment is not open.
    """

    organization: str
    organizations: tuple[OrganizationChoice, ...]
    environment: str
    tenant_id: UUID
    live_tenant: UUID | None
    test_tenant: UUID | None
    user_name: str
    overdue_count: int
    unmatched_count: int
    sees_audit: bool
    sees_users: bool

    @property
    def initials(self) -> str:
        """Of first and last name."""
        names = self.user_name.split() or ["?"]
        return (names[0][:1] + (names[-1][:1] if len(names) > 1 else "")).upper()


def build(work: Work, principal: Principal, places: Sequence[Place]) -> Shell:
    """The frame of the person's pages in the tenant it works in."""
    own = {
        place.environment: place.tenant_id
        for place in places
        if place.organization_id == principal.organization_id
    }
    by_nearness = sorted(places, key=lambda place: place.environment != principal.environment)
    nearest: dict[UUID, Place] = {}
    for place in by_nearness:
        nearest.setdefault(place.organization_id, place)
    _, *overdue = openitems.ageing(work, kind="receivable", on=work.today)
    return Shell(
        organization=principal.organization_name,
        organizations=tuple(
            OrganizationChoice(
                place.tenant_id,
                place.organization_name,
                place.environment,
                place.tenant_id == principal.tenant_id,
            )
            for place in nearest.values()
        ),
        environment=principal.environment,
        tenant_id=principal.tenant_id,
        live_tenant=own.get("LIVE"),
        test_tenant=own.get("TEST"),
        user_name=principal.actor.label,
        overdue_count=sum(age.count for age in overdue),
        unmatched_count=sum(found.unreconciled_count for found in banking.bank_accounts(work)),
        sees_audit=principal.may("audit:read"),
        sees_users=principal.may("admin"),
    )


@dataclass(frozen=True)
class Pages:
    """Links to the pages before and after; empty where there is none."""

    previous_href: str
    next_href: str


@dataclass(frozen=True)
class LoginPage:
    """The sign-in form; `next` is where it leads."""

    next: str
    email: str = ""
    complaint: str = ""
    note: str = ""


@dataclass(frozen=True)
class CodePage:
    """The form for the code of a second factor; `step` proves that the password was right."""

    next: str
    step: str
    complaint: str = ""


@dataclass(frozen=True)
class ForgottenPage:
    """The form for a new password; a server that sends no mail says who else can help."""

    sends_mail: bool
    email: str = ""
    complaint: str = ""
    is_sent: bool = False


@dataclass(frozen=True)
class SetupPage:
    """The form behind a one-time link; the first owner names the company too."""

    is_first: bool
    company: str = ""
    chart: str = "SKR04"
    name: str = ""
    email: str = ""
    complaints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ErrorPage:
    """What happened, in words, and where to go from here."""

    title: str
    words: str
    code: str
    way_out: str
    way_out_words: str
    request_id: str = ""
