"""German and English: texts from the catalogues, numbers and dates as each language writes."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from kontorhaus.kernel.money import Money, minor_digits
from kontorhaus.runtime.catalogue import CODES, translations

# Written dates; the months come from the locale.
_PATTERNS: Mapping[str, Mapping[str, str]] = {
    "de": {"day": "dd.MM.yyyy", "day_short": "dd.MM.", "instant": "dd.MM.yyyy, HH:mm:ss",
           "minute": "dd.MM.yyyy, HH:mm"},
    "en": {"day": "d MMM yyyy", "day_short": "d MMM", "instant": "d MMM yyyy, HH:mm:ss",
           "minute": "d MMM yyyy, HH:mm"},
}  # fmt: skip
_LOCALES = {"de": Locale("de", "DE"), "en": Locale("en", "GB")}


@dataclass(frozen=True)
class Language:
    """One language of the pages: `code` is "de" or "en"."""

    code: str
    locale: Locale
    translations: gettext.NullTranslations

    def text(self, message: str, **values: object) -> str:
        """The message in this language, its %(name)s filled."""
        translated = self.translations.gettext(message)
        return translated % values if values else translated

    def amount(self, money: Money) -> str:
        """Figures alone, with the digits of the currency: 1.234,56."""
        digits = minor_digits(money.currency)
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return _true_minus(format_decimal(money.decimal, pattern, self.locale))

    def signed(self, money: Money) -> str:
        """Figures with a plus before what comes in."""
        return ("+" if money.minor > 0 else "") + self.amount(money)

    def money(self, money: Money) -> str:
        """Figures with the currency: 1.234,56 €."""
        return _true_minus(format_currency(money.decimal, money.currency, locale=self.locale))

    def price(self, price: Decimal) -> str:
        """A unit price, with two digits or as many more as it has, at most six."""
        return _true_minus(format_decimal(price, "#,##0.00####", self.locale))

    def number(self, value: int | Decimal) -> str:
        """A plain number with the grouping of the language."""
        return _true_minus(format_decimal(value, locale=self.locale))

    def day(self, day: date) -> str:
        """20.11.2026."""
        return format_date(day, _PATTERNS[self.code]["day"], self.locale)

    def day_short(self, day: date) -> str:
        """20.11., where the year is plain from the context."""
        return format_date(day, _PATTERNS[self.code]["day_short"], self.locale)

    def day_long(self, day: date) -> str:
        """20. November 2026."""
        return format_date(day, "long", self.locale)

    def day_full(self, day: date) -> str:
        """Freitag, 20. November 2026."""
        return format_date(day, "full", self.locale)

    def month_short(self, day: date) -> str:
        """Nov."""
        return format_date(day, "LLL", self.locale)

    def month(self, day: date) -> str:
        """November 2026."""
        return format_date(day, "LLLL yyyy", self.locale)

    def instant(self, at: datetime) -> str:
        """20.11.2026, 14:01:07, in the zone the instant carries."""
        return format_datetime(at, _PATTERNS[self.code]["instant"], at.tzinfo, self.locale)

    def minute(self, at: datetime) -> str:
        """20.11.2026, 14:01, in the zone the instant carries."""
        return format_datetime(at, _PATTERNS[self.code]["minute"], at.tzinfo, self.locale)


@cache
def language(code: str) -> Language:
    """The language of a code of CODES."""
    return Language(code, _LOCALES[code], translations(code))


def choose(wanted: str | None, accepted: str, fallback: str = "de") -> Language:
    """The language asked for by cookie, else by the browser's Accept-Language, else `fallback`."""
    if wanted in CODES:
        return language(wanted)
    preferred = [part.split(";")[0].strip().replace("-", "_") for part in accepted.split(",")]
    found = negotiate_locale([code for code in preferred if code], CODES)
    return language(found or fallback)


def _true_minus(figures: str) -> str:
    return figures.replace("-", "−")
