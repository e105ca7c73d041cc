"""German and English: every text has its translation, figures and days are written as people do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kontorhaus.kernel.money import Money
from kontorhaus.runtime import catalogue as catalogues
from kontorhaus.surfaces.web import language

HOUSE = Path(language.__file__).parents[2]
GERMAN, ENGLISH = language.language("de"), language.language("en")
TEMPLATES = "surfaces/web/templates/**.html"
FOLDERS = (
    "surfaces/web/**.py",
    "identity/**.py",
    "ledger/periods/**.py",
    "invoicing/mailing/**.py",
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def catalogue(code: str) -> Catalog:
    with (catalogues.CATALOGUES / code / "LC_MESSAGES" / "kontorhaus.po").open("rb") as source:
        return read_po(source, locale=code)


def wanted() -> set[str | tuple[str, ...]]:
    """Every text that templates and code of the web pages and the mails ask for."""
    return {
        message
        for _, _, message, _, _ in extract_from_dir(
            HOUSE,
            [(TEMPLATES, "jinja2"), *((folder, "python") for folder in FOLDERS)],
            {TEMPLATES: {"newstyle_gettext": "true", "silent": "false"}},
            keywords={"_": None, "text": None, "ngettext": (1, 2)},
        )
    }


def test_every_text_of_the_pages_stands_in_the_german_catalogue() -> None:
    known = {message.id for message in catalogue("de") if message.id and message.string}
    assert wanted() - known == set()


def test_the_catalogues_hold_nothing_that_nobody_says() -> None:
    asked = wanted()
    said = "".join(path.read_text() for path in HOUSE.rglob("*.py"))
    for code in catalogues.CODES:
        for message in catalogue(code):
            if message.id and message.id not in asked:
                assert f'"{message.id}"' in said, message.id


def test_a_translation_fills_the_same_places() -> None:
    for message in catalogue("de"):
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts:
                assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(" ".join(ids)))


@pytest.mark.parametrize(
    ("minor", "german", "english"),
    [
        (0, "0,00", "0.00"),
        (123456, "1.234,56", "1,234.56"),
        (-5, "−0,05", "−0.05"),
        (100000000, "1.000.000,00", "1,000,000.00"),
    ],
)
def test_amounts_are_grouped_and_have_a_true_minus(minor: int, german: str, english: str) -> None:
    assert GERMAN.amount(Money(minor)) == german
    assert ENGLISH.amount(Money(minor)) == english


def test_the_currency_stands_where_the_language_puts_it() -> None:
    assert GERMAN.money(Money(70225)) == "702,25\N{NO-BREAK SPACE}€"
    assert ENGLISH.money(Money(70225)) == "€702.25"
    assert ENGLISH.amount(Money(5000, "JPY")) == "5,000"


def test_unit_prices_keep_the_digits_they_have() -> None:
    assert GERMAN.price(Decimal("149")) == "149,00"
    assert GERMAN.price(Decimal("0.0249")) == "0,0249"


def test_days_and_instants() -> None:
    day, at = date(2026, 3, 9), datetime(2026, 3, 9, 14, 1, 7, tzinfo=UTC)
    assert (GERMAN.day(day), ENGLISH.day(day)) == ("09.03.2026", "9 Mar 2026")
    assert (GERMAN.month(day), ENGLISH.month(day)) == ("März 2026", "March 2026")
    assert GERMAN.instant(at) == "09.03.2026, 14:01:07"
    assert GERMAN.day_full(day) == "Montag, 9. März 2026"


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [
        ("en", "de-DE,de;q=0.9", "en"),
        (None, "en-US,en;q=0.9,de;q=0.8", "en"),
        (None, "fr-FR,fr;q=0.9", "de"),
        ("xx", "", "de"),
    ],
)
def test_the_cookie_goes_before_the_browser_and_german_is_the_last_resort(
    cookie: str | None, accepted: str, code: str
) -> None:
    assert language.choose(cookie, accepted).code == code
