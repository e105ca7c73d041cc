"""What a change of the settings may say, and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field

from kontorhaus.invoicing import settings as model
from kontorhaus.invoicing.model import DocumentType, Language, PriceLayout
from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.invoicing.stationery.model import Brand, Stationery, Theme, Wording
from kontorhaus.invoicing.stationery.rules import LONGEST_LINE, LONGEST_TEXT
from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.billing.contacts.wire import absent
from kontorhaus.surfaces.conventions import fields

Text = Annotated[str, fields.text(0, LONGEST_TEXT)]
Line = Annotated[str, fields.text(0, LONGEST_LINE, pattern=fields.ONE_LINE)]
Address = Annotated[str, fields.text(0, 254)]


class WordingChange(fields.In):
    """Texts before and after the lines; {number}, {date}, {dueDate} and {name} are filled."""

    introduction: Text | None = None
    notes: Text | None = None


class DocumentsChange(fields.CamelIn):
    """What the documents of a type shall say, and whether their prices are net or gross."""

    price_layout: PriceLayout = absent()
    texts: dict[Language, WordingChange] = absent()


class NumbersChange(fields.CamelIn):
    """A format such as RE-{year}-{number:04}; null brings the usual one back.

    `startAt` is the first number of a series that has none yet, after those of another program.
    """

    format: Annotated[str, fields.text(1, 40)] | None = None
    start_at: Annotated[int, fields.whole(1, 999_999_999)] = absent()


class LayoutChange(fields.In):
    """How documents shall look; the logo is put in place by itself."""

    theme: Theme = absent()
    accent: Annotated[str, fields.text(7, 7, pattern="^#[0-9a-fA-F]{6}$")] = absent()
    tagline: Line | None = None


class EmailChange(fields.CamelIn):
    """In whose name documents are sent; null: the company's own name and address."""

    sender_name: Line | None = None
    reply_to: Address | None = None
    copy_to: Address | None = None


class SettingsChange(fields.CamelIn):
    """A change of the settings; what is left out stays, at every depth."""

    time_zone: Annotated[str, fields.text(1, 50)] = absent()
    language: Language = absent()
    payment_days: Annotated[int, fields.whole(0, 365)] = absent()
    numbers: dict[Kind, NumbersChange] = Field(default_factory=dict)
    documents: dict[DocumentType, DocumentsChange] = Field(default_factory=dict)
    layout: LayoutChange = Field(default_factory=LayoutChange)
    email: EmailChange = Field(default_factory=EmailChange)


def change(body: SettingsChange) -> model.Change:
    """The change that a body asks for; Invalid if it names nothing."""
    given = fields.sent(body)
    if not given:
        raise Invalid("no_changes", "Name at least one setting to change.", field="")
    return model.Change(
        profile={name: given[name] for name in ("time_zone", "language") if name in given},
        tenant={name: given[name] for name in ("payment_days",) if name in given},
        formats={
            kind: one.format
            for kind, one in body.numbers.items()
            if "format" in one.model_fields_set
        },
        paper=_paper(body),
        starts={
            kind: one.start_at
            for kind, one in body.numbers.items()
            if "start_at" in one.model_fields_set
        },
    )


def _paper(body: SettingsChange) -> Callable[[Stationery], Stationery]:
    def changed(before: Stationery) -> Stationery:
        return replace(
            before,
            brand=_brand(before.brand, body.layout),
            texts=_texts(before, body.documents),
            price_layouts={**before.price_layouts, **_price_layouts(body.documents)},
            **_texts_of(body.email),
        )

    return changed


def _brand(before: Brand, layout: LayoutChange) -> Brand:
    given = _texts_of(layout)
    if "accent" in given:
        given["accent"] = given["accent"].lower()
    return replace(before, **given)


def _price_layouts(documents: Mapping[DocumentType, DocumentsChange]) -> dict[str, str]:
    return {
        document_type: wanted.price_layout
        for document_type, wanted in documents.items()
        if "price_layout" in wanted.model_fields_set
    }


def _texts(
    before: Stationery, documents: Mapping[DocumentType, DocumentsChange]
) -> dict[str, dict[str, Wording]]:
    texts = {document_type: dict(said) for document_type, said in before.texts.items()}
    for document_type, wanted in documents.items():
        for language, wording in (wanted.texts or {}).items():
            usual = before.wording(document_type, language)
            said = texts.setdefault(document_type, {})
            said[language] = replace(usual, **_texts_of(wording))
    return texts


def _texts_of(body: BaseModel) -> dict[str, Any]:
    """The texts that were sent; null clears one."""
    return {name: "" if value is None else value for name, value in fields.sent(body).items()}
