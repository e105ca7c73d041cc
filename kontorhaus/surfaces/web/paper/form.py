"""The forms of the letter paper: what was typed, as the change that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kontorhaus.invoicing.model import DocumentType
from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.invoicing.settings import TYPES, Change, Settings
from kontorhaus.invoicing.stationery.model import Brand, Stationery, Wording
from kontorhaus.kernel.errors import Invalid, NotFound

LONGEST: Mapping[str, int] = {
    "number_format": 40, "cancellation_format": 40, "tagline": 100, "sender_name": 100,
    "reply_to": 254, "copy_to": 254, "introduction_de": 2000, "introduction_en": 2000,
    "notes_de": 2000, "notes_en": 2000,
}  # fmt: skip
_CANCELLATION: Kind = "cancellation"
_MOST_DIGITS = 9
_LANGUAGES = ("de", "en")
_PARTS = ("introduction", "notes")


def document_type(text: str) -> DocumentType:
    """The type of document that an address names; NotFound for any other word."""
    for known in TYPES:
        if known == text:
            return known
    raise NotFound("document_type", "There is no such type of document.")


def documents_texts(found: Settings, chosen: DocumentType) -> dict[str, str]:
    """Numbers and texts of a type as the form shows them."""
    texts = {
        "number_format": found.numbers[chosen].format,
        "cancellation_format": found.numbers["cancellation"].format,
        "price_layout": found.paper.price_layouts.get(chosen, "net"),
    }
    for language in _LANGUAGES:
        said = found.paper.wording(chosen, language)
        texts[f"introduction_{language}"], texts[f"notes_{language}"] = (
            said.introduction,
            said.notes,
        )
    return texts


def documents(found: Settings, chosen: DocumentType, sent: Mapping[str, str]) -> Change:
    """What was typed of the numbers and texts of a type; an empty format brings back the usual."""
    formats: dict[str, str | None] = {}
    kinds: Mapping[str, Kind] = {"number_format": chosen, "cancellation_format": _CANCELLATION}
    for name, kind in kinds.items():
        typed = sent.get(name, found.numbers[kind].format).strip()
        if typed != found.numbers[kind].format:
            formats[kind] = typed or None

    def changed(paper: Stationery) -> Stationery:
        wordings = dict(paper.texts.get(chosen, {}))
        for language in _LANGUAGES:
            typed = _wording(paper.wording(chosen, language), language, sent)
            if typed != paper.wording(chosen, language):
                wordings[language] = typed
        texts = {**paper.texts, chosen: wordings} if wordings else paper.texts
        layout = sent.get("price_layout", "net")
        layouts = dict(paper.price_layouts)
        if layout != layouts.get(chosen, "net"):
            layouts[chosen] = layout
        return replace(paper, texts=texts, price_layouts=layouts)

    starts: dict[Kind, int] = {}
    for name, kind in (("number_start", chosen), ("cancellation_start", _CANCELLATION)):
        if typed := sent.get(name, "").strip():
            starts[kind] = _count(name, typed)
    return Change(profile={}, tenant={}, formats=formats, paper=changed, starts=starts)


def layout_texts(paper: Stationery) -> dict[str, str]:
    """The look of documents as its form shows it."""
    return {
        "theme": paper.brand.theme,
        "accent": paper.brand.accent,
        "tagline": paper.brand.tagline,
    }


def brand(before: Brand, sent: Mapping[str, str]) -> Brand:
    """The look that was typed, with the logo that is there."""
    typed: dict[str, Any] = {
        name: sent[name].strip() for name in ("theme", "accent", "tagline") if name in sent
    }
    if "accent" in typed:
        typed["accent"] = typed["accent"].lower()
    return replace(before, **typed)


def email_texts(paper: Stationery) -> dict[str, str]:
    """In whose name mails go out, as its form shows it."""
    return {
        "sender_name": paper.sender_name,
        "reply_to": paper.reply_to,
        "copy_to": paper.copy_to,
    }


def email(paper: Stationery, sent: Mapping[str, str]) -> Stationery:
    """The letter paper with the names and addresses that were typed."""
    typed: dict[str, Any] = {
        name: sent[name].strip() for name in email_texts(paper) if name in sent
    }
    return replace(paper, **typed)


def field_of(refused: str, chosen: DocumentType) -> str:
    """The field of a form that a refused setting stands in."""
    if refused == f"number_formats.{chosen}":
        return "number_format"
    if refused.startswith("number_formats."):
        return "cancellation_format"
    if refused.startswith("numbers."):
        return "number_start" if refused.startswith(f"numbers.{chosen}.") else "cancellation_start"
    return refused.removeprefix(f"{chosen}.").replace(".", "_")


def _wording(before: Wording, language: str, sent: Mapping[str, str]) -> Wording:
    typed: dict[str, Any] = {
        part: _lines(sent[f"{part}_{language}"]) for part in _PARTS if f"{part}_{language}" in sent
    }
    return replace(before, **typed)


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text)):
        raise Invalid("number_start", "This takes a whole number.", field=name)
    return int(text)


def _lines(text: str) -> str:
    """A text as people see it: browsers send CR LF for a new line."""
    return text.replace("\r\n", "\n").strip()
