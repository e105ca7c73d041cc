"""The JSON shapes of the settings as they are answered."""

from __future__ import annotations

from typing import Literal

from kontorhaus.invoicing import settings as model
from kontorhaus.invoicing.model import DocumentType, Language, PriceLayout
from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.invoicing.stationery import model as stationery
from kontorhaus.invoicing.stationery.model import Stationery, Theme
from kontorhaus.surfaces.conventions import fields

LANGUAGES: tuple[Language, ...] = ("de", "en")


class Wording(fields.Out):
    """What a document says before and after its lines unless its own text is given."""

    introduction: str
    notes: str


class TypeSettings(fields.CamelOut):
    """What the documents of a type say and how they count, unless told otherwise."""

    price_layout: PriceLayout
    texts: dict[Language, Wording]


class SeriesSettings(fields.Out):
    """The format of a series, and the number that would be drawn next."""

    format: str
    next: str


class Logo(fields.Out):
    """The picture on the letterhead, as it is stored."""

    format: Literal["svg", "png"]
    bytes: int
    sha256: str


class Layout(fields.Out):
    """How documents look; the accent colours the modern theme, the classic one is black."""

    theme: Theme
    accent: str
    tagline: str
    logo: Logo | None


class MailSettings(fields.CamelOut):
    """In whose name documents are sent; empty: the company's own name and address."""

    sender_name: str
    reply_to: str
    copy_to: str


class Settings(fields.CamelOut):
    """How documents are numbered, worded, laid out and sent.

    Numbers and payment days are those of LIVE or TEST; all else is the company's.
    """

    time_zone: str
    language: Language
    payment_days: int
    numbers: dict[Kind, SeriesSettings]
    documents: dict[DocumentType, TypeSettings]
    layout: Layout
    email: MailSettings


def settings(found: model.Settings) -> Settings:
    """The settings as this API shows them."""
    paper = found.paper
    return Settings(
        time_zone=found.time_zone,
        language="en" if found.language == "en" else "de",
        payment_days=found.payment_days,
        numbers={
            kind: SeriesSettings(format=series.format, next=series.following)
            for kind, series in found.numbers.items()
        },
        documents={
            document_type: _documents(paper, document_type) for document_type in model.TYPES
        },
        layout=_layout(paper),
        email=MailSettings(
            sender_name=paper.sender_name, reply_to=paper.reply_to, copy_to=paper.copy_to
        ),
    )


def _documents(paper: Stationery, document_type: DocumentType) -> TypeSettings:
    said = {language: paper.wording(document_type, language) for language in LANGUAGES}
    return TypeSettings(
        price_layout="gross" if paper.price_layouts.get(document_type) == "gross" else "net",
        texts={
            language: Wording(introduction=wording.introduction, notes=wording.notes)
            for language, wording in said.items()
        },
    )


def _layout(paper: Stationery) -> Layout:
    brand = paper.brand
    return Layout(
        theme=brand.theme,
        accent=brand.accent,
        tagline=brand.tagline,
        logo=_logo(brand.logo) if brand.logo else None,
    )


def _logo(logo: stationery.Logo) -> Logo:
    return Logo(format=logo.format, bytes=len(logo.content), sha256=logo.sha256)
