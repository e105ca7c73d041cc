"""What every page shows: who looks at it and how, the frame around it, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

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
    """An organization the person may change to."""

    tenant_id: UUID
    name: str
    is_current: bool


@dataclass(frozen=True)
class Shell:
    """The frame of a signed-in person's pages. `environment` is TEST or LIVE."""

    organization: str
    organizations: tuple[OrganizationChoice, ...]
    environment: str
    tenant_id: UUID
    live_tenant: UUID
    test_tenant: UUID
    user_name: str
    user_email: str
    overdue_count: int
    unmatched_count: int

    @property
    def initials(self) -> str:
        """Of first and last name."""
        names = self.user_name.split() or ["?"]
        return (names[0][:1] + (names[-1][:1] if len(names) > 1 else "")).upper()


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
class SetupPage:
    """The form behind a one-time link; complaints by field."""

    action: str
    organization: str
    password_length: int
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
