"""The input of the templates: a letter in the words that stand on it, as JSON.

The templates set it; they know no word, no language and no number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from kontorhaus.invoicing.pdf import blocks
from kontorhaus.invoicing.pdf import letter as model
from kontorhaus.invoicing.pdf.blocks import Json
from kontorhaus.invoicing.pdf.wording import Wording, grouped_iban

_LONG_WORD = re.compile(r"\S{40,}")
# What holds text of the user that has a narrow place.
_BREAKABLE = ("title", "remarks", "recipient", "facts", "blocks")
_REGIONS = {"de": "DE", "en": "GB"}


def document(letter: model.Letter) -> dict[str, Json]:
    """The input of the templates: the frame of the page, and the blocks of its body."""
    wording = Wording(letter.language, letter.currency)
    name = wording.say(letter.title_key or letter.kind)
    mark = letter.watermark
    given: dict[str, Json] = {
        "document_title": f"{name} {letter.number}"
        + (f" ({wording.say(mark)})" if mark is not None else ""),
        "running_title": f"{name} {letter.number}",
        "title": [name, letter.number],
        "language": letter.language,
        "region": _REGIONS[letter.language],
        "theme": letter.brand.theme,
        "accent": letter.brand.accent,
        "logo": _logo(letter.brand.logo),
        "tagline": letter.brand.tagline,
        "seller": letter.sender.name,
        "sender": " · ".join((letter.sender.name, *letter.sender.address)),
        "remarks": letter.recipient.notes,
        "recipient": [line for line in letter.recipient.lines if line],
        "facts": [[wording.label(fact.label), _fact(wording, fact)] for fact in letter.facts],
        "footer": _footer(letter.sender),
        "page": wording.say("page"),
        "watermark": [mark, wording.say(mark)] if mark is not None else None,
        "blocks": blocks.body(letter, wording),
    }
    return {**given, **{key: _breakable(given[key]) for key in _BREAKABLE}}


def _breakable(value: Json) -> Json:
    """A word too long for a line may break anywhere."""
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda word: "\u200b".join(word[0]), value)
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence):
        return [_breakable(each) for each in value]
    return value


def _logo(logo: model.Logo | None) -> Json:
    if logo is None:
        return None
    shared: dict[str, Json] = {"format": logo.format, "height_mm": logo.height_mm}
    if logo.format == "svg":
        return {**shared, "text": logo.content.decode()}
    return {**shared, "bytes": list(logo.content)}


def _fact(wording: Wording, fact: model.Fact) -> str:
    if isinstance(fact.value, tuple):
        return wording.period(*fact.value)
    if isinstance(fact.value, date):
        return wording.day(fact.value)
    return fact.value


def _footer(sender: model.Sender) -> Json:
    bank = sender.bank
    account = bank and (bank.name, grouped_iban(bank.iban), f"BIC {bank.bic}" if bank.bic else "")
    columns = (
        (sender.name, *sender.address, sender.country),
        sender.contact,
        account or (),
        sender.legal,
    )
    return [[line for line in column if line] for column in columns]
