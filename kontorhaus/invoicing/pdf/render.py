"""Typesetting: a letter becomes a tagged PDF/A-3b by typst; runs in a workshop process."""

from __future__ import annotations

import functools
import json
import pathlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import resources
from typing import Literal

import typst

from kontorhaus.invoicing.pdf import facturx, letter, packing, template_input
from kontorhaus.invoicing.pdf.blocks import Json
from kontorhaus.kernel.errors import Invalid

STANDARDS: list[Literal["a-3b", "ua-1"]] = ["a-3b", "ua-1"]

_SCREEN = 96
# What has more lines needs a second page, and its pages must know of each other.
_LINES_OF_A_PAGE = 24
_ONE_PAGE = b"/Type/Pages/Count 1/"

_TEMPLATES = pathlib.Path(__file__).parent / "templates"
# Latin, Greek and Cyrillic; Arabic. Hebrew stands in the font that typst brings along.
_FONTS = [
    str(resources.files(package) / "files")
    for package in ("fontpkg_source_sans_3", "fontpkg_noto_sans_arabic")
]
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Marks that belong to the character before them, and control characters: dropped, not replaced.
_JOINED = frozenset({"Mn", "Me", "Cf", "Cc"})


def pdf(document: letter.Letter, attachment: bytes | None = None, level: str = "EN 16931") -> bytes:
    """The PDF/A-3b (and PDF/UA-1) of a letter; with `attachment`, its CII XML, a Factur-X.

    `level` is the conformance level of that XML.

    The same input gives the same bytes. A character that no font has becomes a question mark.
    """
    instant = datetime.combine(document.issue_date, time(12), UTC)
    is_long = len(document.lines) > _LINES_OF_A_PAGE
    typeset = _typeset(template_input.document(document), attachment, instant, is_long)
    if not is_long and _ONE_PAGE not in typeset:
        typeset = _typeset(template_input.document(document), attachment, instant, is_long=True)
    if attachment is None:
        return packing.packed(typeset, lambda packet: packet)
    return packing.packed(typeset, functools.partial(facturx.described, level=level))


def picture(document: letter.Letter) -> bytes:
    """The first page of a letter as PNG, for a screen."""
    source = _source(template_input.document(document), None, is_long=True)
    pages = _compiler().compile(source, format="png", ppi=_SCREEN)
    assert pages is not None, "a letter has a page"
    return pages if isinstance(pages, bytes) else pages[0]


def try_logo(logo: letter.Logo) -> None:
    """Make a letter with a logo, on paper and for a screen; Invalid("logo") if that fails.

    A picture may be plain and yet end the process that typesets it: then it ends this one.
    """
    document = letter.Letter(
        kind="delivery_note",
        number="1",
        issue_date=date(2000, 1, 1),
        sender=letter.Sender(name="-", address=("-",)),
        recipient=letter.Recipient(lines=("-",)),
        lines=(letter.LetterLine("1", "-", Decimal(1)),),
        brand=letter.Brand(logo=logo),
    )
    try:
        pdf(document)
        picture(document)
    except typst.TypstError as error:
        raise Invalid(
            "logo", "This picture cannot be printed: save it in another way.", field="file"
        ) from error


def prepare() -> None:
    """Load the fonts now, so that no document waits for it."""
    _compiler()


@functools.cache
def _compiler() -> typst.Compiler:
    """One per process: it keeps fonts, templates and what letters have in common."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=_FONTS)
    return typst.Compiler(b"", root=str(_TEMPLATES), font_paths=fonts)


def _typeset(
    inputs: Mapping[str, Json], attachment: bytes | None, instant: datetime, is_long: bool
) -> bytes:
    """PDF/A forbids characters without a glyph: they are replaced, which may show further ones."""
    try:
        made = _compiler().compile(
            _source(inputs, attachment, is_long),
            format="pdf",
            pdf_standards=[*STANDARDS],
            timestamp=instant,
        )
    except typst.TypstError as error:
        table = _replacements(str(error.diagnostic))
        if not table:
            raise
        return _typeset(_translated_all(inputs, table), attachment, instant, is_long)
    assert isinstance(made, bytes)
    return made


def _source(inputs: Mapping[str, Json], attachment: bytes | None, is_long: bool) -> bytes:
    """The main file: a call of the template, which so stays the same from letter to letter."""
    given = _quoted(json.dumps(inputs, ensure_ascii=False))
    invoice = "none" if attachment is None else f"bytes({_quoted(attachment.decode())})"
    options = f"is-long: {str(is_long).lower()}, invoice: {invoice}"
    return f'#import "letter.typ": letter\n#letter(json(bytes({given})), {options})'.encode()


def _quoted(text: str) -> str:
    """A string of typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _replacements(diagnostic: str) -> dict[int, str]:
    """What to write instead of the characters that a diagnostic of typst names.

    It names whole clusters: the plain digit under an enclosing keycap is no missing character, and
    replacing it would change every amount. So plain characters stay, unless none other is named.
    """
    named = {
        _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        for text in _MISSING.findall(diagnostic)
    }
    foreign = {sign for text in named for sign in text if ord(sign) > 0x7E or ord(sign) < 0x20}
    odd = {sign for sign in foreign if not unicodedata.name(sign, "").startswith("LATIN ")}
    return {
        ord(sign): "" if unicodedata.category(sign) in _JOINED else "?" for sign in odd or foreign
    }


def _translated_all(values: Mapping[str, Json], table: Mapping[int, str]) -> dict[str, Json]:
    return {key: _translated(value, table) for key, value in values.items()}


def _translated(value: Json, table: Mapping[int, str]) -> Json:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, Mapping):
        return _translated_all(value, table)
    if isinstance(value, (list, tuple)):
        return [_translated(each, table) for each in value]
    return value
