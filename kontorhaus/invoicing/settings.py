"""How documents are numbered, worded, laid out and sent: the settings of who writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.invoicing.model import DocumentType
from kontorhaus.invoicing.numbers import formats as numbers
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.invoicing.stationery import actions as stationery
from kontorhaus.invoicing.stationery import queries as papers
from kontorhaus.invoicing.stationery.model import Logo, Stationery
from kontorhaus.runtime.work import Work

TYPES: tuple[DocumentType, ...] = get_args(DocumentType)
KINDS: tuple[Kind, ...] = (*TYPES, "cancellation")


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one kind of document: their format, and the one that comes next today.

    `has_begun` says that one was drawn: then the series goes on without a gap.
    """

    format: str
    following: str
    has_begun: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds now; `paper`, `time_zone` and `language` are shared by TEST and LIVE."""

    paper: Stationery
    numbers: Mapping[Kind, Series]
    payment_days: int
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Change:
    """What shall be otherwise: fields of the profile and of the tenant's settings, and the paper.

    `formats` are number formats by kind; None gives a kind its usual one back. `starts` are the
    first values of series that have not begun.
    """

    profile: Mapping[str, object]
    tenant: Mapping[str, object]
    formats: Mapping[str, str | None]
    paper: Callable[[Stationery], Stationery]
    starts: Mapping[Kind, int] = field(default_factory=dict)


def found(work: Work) -> Settings:
    """The settings of the caller's tenant and organization."""
    profile, tenant = queries.profile(work), queries.settings(work)
    return Settings(
        paper=papers.stationery(work),
        numbers={
            kind: Series(
                series.format_of(work, kind=kind),
                series.following(work, kind=kind, day=work.today),
                series.has_begun(work, kind=kind, day=work.today),
            )
            for kind in KINDS
        },
        payment_days=tenant.payment_days,
        time_zone=profile.time_zone,
        language=profile.language,
    )


def change(work: Work, *, wanted: Change) -> Settings:
    """The settings after a change.

    Invalid names the field that cannot stand: profile, settings, number_format, stationery.
    Conflict("series_begun") for the start of a series that has begun.
    """
    # holds the organization, so that formats of several kinds are not changed side by side
    stationery.change(work, changed=wanted.paper)
    if wanted.profile:
        identity.change_profile(work, changes=wanted.profile)
    tenant = dict(wanted.tenant)
    if wanted.formats:
        present = queries.settings(work).number_formats
        formats: dict[str, str | None] = {**present, **wanted.formats}
        tenant["number_formats"] = numbers.checked(
            {kind: text for kind, text in formats.items() if text is not None}
        )
    if tenant:
        identity.change_settings(work, changes=tenant)
    for kind, first in wanted.starts.items():
        series.begin(work, kind=kind, day=work.today, first=first)
    return found(work)


def change_logo(work: Work, *, logo: Logo | None) -> Settings:
    """The settings with another logo, or with none."""
    stationery.change_logo(work, logo=logo)
    return found(work)
