"""The company and its letter paper from the command line: settings by dotted names, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import Profile, TaxNumber
from kontorhaus.invoicing import settings
from kontorhaus.invoicing.model import DocumentType
from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.invoicing.settings import KINDS, TYPES, Change, Settings
from kontorhaus.invoicing.stationery.model import Stationery, Wording
from kontorhaus.kernel import iban
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime.work import Work

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_MOST_DIGITS = 9
_LANGUAGES = ("de", "en")
_PARTS = ("introduction", "notes")
_BRAND = ("theme", "accent", "tagline")
_MAIL = ("sender_name", "reply_to", "copy_to")
_PROFILE = tuple(Profile.__dataclass_fields__)


def shown(work: Work) -> dict[str, object]:
    """Every setting of the company and its documents, as values that JSON can hold."""
    profile, found = identity.profile(work), settings.found(work)
    values: dict[str, object] = {
        f"company.{name}": _plain(getattr(profile, name)) for name in _PROFILE
    }
    for kind in KINDS:
        values[f"{kind}.number_format"] = found.numbers[kind].format
        values[f"{kind}.next_number"] = found.numbers[kind].following
    for document_type in TYPES:
        values |= _texts(found, document_type)
    values |= {f"layout.{name}": getattr(found.paper.brand, name) for name in _BRAND}
    values |= {f"email.{name}": getattr(found.paper, name) for name in _MAIL}
    return values


def change(work: Work, *, wanted: Mapping[str, str]) -> None:
    """Set the named settings from text; Invalid names the one that cannot be set."""
    profile: dict[str, object] = {}
    formats: dict[str, str | None] = {}
    starts: dict[Kind, int] = {}
    steps: list[Callable[[Stationery], Stationery]] = []
    for name, text in wanted.items():
        group, _, field = name.partition(".")
        if group == "company" and field in _PROFILE:
            profile[field] = _value(name, text, getattr(Profile(name="-"), field))
        elif group in KINDS and field == "number_format":
            formats[group] = text or None
        elif field == "start_at" and (kind := _kind(group)):
            starts[kind] = _count(name, text)
        else:
            steps.append(_step(name, text))
    settings.change(
        work,
        wanted=Change(
            profile=profile, tenant={}, formats=formats, paper=_all(steps), starts=starts
        ),
    )


def _texts(found: Settings, document_type: DocumentType) -> dict[str, object]:
    paper = found.paper
    values: dict[str, object] = {
        f"{document_type}.price_layout": paper.price_layouts.get(document_type, "net")
    }
    for language in _LANGUAGES:
        said = paper.wording(document_type, language)
        for part in _PARTS:
            values[f"{document_type}.{part}.{language}"] = getattr(said, part)
    return values


def _all(steps: list[Callable[[Stationery], Stationery]]) -> Callable[[Stationery], Stationery]:
    def changed(paper: Stationery) -> Stationery:
        for step in steps:
            paper = step(paper)
        return paper

    return changed


def _step(name: str, text: str) -> Callable[[Stationery], Stationery]:
    """What one setting changes of the letter paper."""
    group, *rest = name.split(".")
    if group == "layout" and len(rest) == 1 and rest[0] in _BRAND:
        brand: dict[str, Any] = {rest[0]: text}
        return lambda paper: replace(paper, brand=replace(paper.brand, **brand))
    if group == "email" and len(rest) == 1 and rest[0] in _MAIL:
        mail: dict[str, Any] = {rest[0]: text}
        return lambda paper: replace(paper, **mail)
    if group in TYPES and rest == ["price_layout"]:
        return lambda paper: replace(paper, price_layouts={**paper.price_layouts, group: text})
    if group in TYPES and len(rest) == 2 and rest[0] in _PARTS and rest[1] in _LANGUAGES:
        part, language = rest
        return lambda paper: _worded(paper, group, language, {part: text.replace("\\n", "\n")})
    raise Invalid("setting", f"There is no setting {name}; without --set all are listed.")


def _worded(
    paper: Stationery, document_type: str, language: str, said: dict[str, Any]
) -> Stationery:
    wordings: dict[str, Wording] = dict(paper.texts.get(document_type, {}))
    wordings[language] = replace(paper.wording(document_type, language), **said)
    return replace(paper, texts={**paper.texts, document_type: wordings})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return "; ".join(str(_plain(one)) for one in value)
    if isinstance(value, TaxNumber):
        return f"{value.description}: {value.number}"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _value(name: str, text: str, like: object) -> object:
    """The text as the type that a field of the profile has."""
    if name == "company.iban":
        return iban.compact(text)
    if isinstance(like, bool):
        if text.lower() not in _WORDS:
            raise Invalid("setting", f"{name} is yes or no.", field=name)
        return _WORDS[text.lower()]
    if isinstance(like, Decimal):
        return _rate(name, text)
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if name == "company.vat_rates":
        return tuple(_rate(name, part) for part in parts)
    if name == "company.tax_numbers":
        return tuple(_tax_number(name, part) for part in parts)
    return text if text or name not in ("company.name2", "company.display_name") else None


def _kind(text: str) -> Kind | None:
    return next((kind for kind in KINDS if kind == text), None)


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _MOST_DIGITS and int(text)):
        raise Invalid("setting", f"{name} is a whole number from 1 on.", field=name)
    return int(text)


def _rate(name: str, text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite():
        raise Invalid("setting", f"{name} is in percent, such as 19 or 5.5.", field=name)
    return rate


def _tax_number(name: str, text: str) -> TaxNumber:
    description, is_given, number = text.partition(":")
    if not is_given or not number.strip():
        raise Invalid("setting", f"{name} is written as USt-IdNr.: DE123456788; ….", field=name)
    return TaxNumber(description.strip(), number.strip())
