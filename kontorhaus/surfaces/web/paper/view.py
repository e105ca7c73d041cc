"""What the pages of the letter paper show, and what was wrong with a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kontorhaus.invoicing import settings
from kontorhaus.invoicing.model import DocumentType
from kontorhaus.invoicing.settings import TYPES
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.invoicing.stationery.model import Stationery
from kontorhaus.kernel.errors import Refusal
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.language import Language
from kontorhaus.surfaces.web.paper import form


@dataclass(frozen=True)
class PaperPage:
    """One form: the texts of its fields, and a sentence for each that is wrong.

    `following` are the numbers that come next, by field; `has_begun` says of the same fields that
    a number was drawn. `has_logo` says whether there is a logo.
    """

    texts: Mapping[str, str]
    may_change: bool
    is_saved: bool = False
    complaints: Mapping[str, str] = field(default_factory=dict)
    chosen: DocumentType = "invoice"
    following: Mapping[str, str] = field(default_factory=dict)
    has_begun: Mapping[str, bool] = field(default_factory=dict)
    has_logo: bool = False
    company: str = ""
    company_email: str = ""

    @property
    def longest(self) -> Mapping[str, int]:
        """How many characters a text may have."""
        return form.LONGEST

    @property
    def types(self) -> tuple[DocumentType, ...]:
        """The types of documents, each with a form of its own."""
        return TYPES


@dataclass(frozen=True)
class Shown:
    """How a page is asked for: who may change it, what was saved, or was typed in vain."""

    may_change: bool
    is_saved: bool = False
    typed: Mapping[str, str] | None = None
    complaints: Mapping[str, str] = field(default_factory=dict)


def documents(work: Work, *, chosen: DocumentType, shown: Shown) -> PaperPage:
    """Numbers and texts of a type of document."""
    found = settings.found(work)
    return PaperPage(
        form.documents_texts(found, chosen) | dict(shown.typed or {}),
        shown.may_change,
        shown.is_saved,
        shown.complaints,
        chosen=chosen,
        following={
            "number_format": found.numbers[chosen].following,
            "cancellation_format": found.numbers["cancellation"].following,
        },
        has_begun={
            "number_start": found.numbers[chosen].has_begun,
            "cancellation_start": found.numbers["cancellation"].has_begun,
        },
    )


def layout(work: Work, *, shown: Shown) -> PaperPage:
    """How documents look."""
    paper = stationery.stationery(work)
    return PaperPage(
        form.layout_texts(paper) | dict(shown.typed or {}),
        shown.may_change,
        shown.is_saved,
        shown.complaints,
        has_logo=paper.brand.logo is not None,
    )


def email(work: Work, *, shown: Shown, company: tuple[str, str]) -> PaperPage:
    """In whose name documents are sent; `company` is its name and address."""
    paper: Stationery = stationery.stationery(work)
    return PaperPage(
        form.email_texts(paper) | dict(shown.typed or {}),
        shown.may_change,
        shown.is_saved,
        shown.complaints,
        company=company[0],
        company_email=company[1],
    )


def complaint(spoken: Language, refusal: Refusal, chosen: DocumentType) -> dict[str, str]:
    """A sentence for the field that a refusal names."""
    name = form.field_of(str(refusal.details.get("field", "")), chosen)
    if refusal.code == "logo":
        return {
            name: spoken.text(
                "This picture cannot be used: save it as PNG, or as an SVG of plain shapes."
            )
        }
    return {name: spoken.text(refusal.message)}
