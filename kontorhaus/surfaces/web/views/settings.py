"""What the settings show: the company, how its books are kept, and what was wrong with a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Refusal
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import settings_form
from kontorhaus.surfaces.web.language import Language


@dataclass(frozen=True)
class SettingsPage:
    """One part of the settings: the texts of its fields, and a sentence for each wrong one.

    `earlier_methods` are the VAT methods (soll, ist) that hold before the chosen one, newest
    first, each with its first day.
    """

    texts: Mapping[str, str]
    may_change: bool
    is_saved: bool = False
    complaints: Mapping[str, str] = field(default_factory=dict)
    earlier_methods: tuple[tuple[str, date | None], ...] = ()

    @property
    def longest(self) -> Mapping[str, int]:
        """How many characters a text may have."""
        return settings_form.LONGEST

    @property
    def tax_rows(self) -> range:
        """The places for tax numbers."""
        return range(settings_form.tax_row_count(self.texts))


@dataclass(frozen=True)
class Attempt:
    """A form that could not be saved: what was typed, and what is wrong with it."""

    texts: Mapping[str, str]
    complaints: Mapping[str, str]


def company(
    work: Work, *, may_change: bool, is_saved: bool = False, attempt: Attempt | None = None
) -> SettingsPage:
    """What the company says of itself, or what was typed instead."""
    texts = attempt.texts if attempt else settings_form.company_texts(identity.profile(work))
    return SettingsPage(texts, may_change, is_saved, attempt.complaints if attempt else {})


def bookkeeping(
    work: Work, *, may_change: bool, is_saved: bool = False, attempt: Attempt | None = None
) -> SettingsPage:
    """How the books of the tenant are kept, or what was typed instead."""
    found = identity.settings(work)
    texts = attempt.texts if attempt else settings_form.bookkeeping_texts(found)
    complaints = attempt.complaints if attempt else {}
    earlier = found.vat_methods_before[::-1]
    return SettingsPage(texts, may_change, is_saved, complaints, earlier)


def wrong_words(spoken: Language, wrong: Mapping[str, str]) -> dict[str, str]:
    """A sentence for every field that cannot be read."""
    sentences = {
        "too_long": spoken.text("This is too long."),
        "unprintable": spoken.text("This holds a character that cannot be printed."),
        "incomplete": spoken.text("Name and number belong together."),
        "no_number": spoken.text("This takes a whole number."),
        "no_rate": spoken.text("This takes a rate in percent, such as 19 or 5,5."),
        "no_day": spoken.text("This is no day of the calendar."),
    }
    return {name: sentences[word] for name, word in wrong.items()}


def refused_words(spoken: Language, refusal: Refusal, known: str) -> dict[str, str]:
    """A sentence for the field that a refusal names; the field `known` if it names none."""
    name = str(refusal.details.get("field", known))
    sentences = {
        "name": spoken.text("A company has a name."),
        "country_code": spoken.text("A country has two letters, such as DE."),
        "iban": spoken.text("This is no valid IBAN: check its digits."),
        "email": spoken.text("This is no e-mail address."),
        "vat_default": spoken.text("The usual rate is one of the rates."),
        "vat_rates": spoken.text("A rate lies between 0 and 100 percent."),
        "time_zone": spoken.text("There is no such time zone, as Europe/Berlin is one."),
        "fiscal_year_start_month": spoken.text("This is no month."),
        "vat_method": spoken.text("Choose one of the two."),
        "datev_adviser_number": spoken.text("A number from 1001 to 9999999."),
        "datev_client_number": spoken.text("A number from 1 to 99999."),
        "payment_days": spoken.text("A number from 0 to 365."),
        "portal_link_days": spoken.text("A number from 1 to 365."),
    }
    is_value = refusal.code in ("profile", "settings") and name in sentences
    return {name: sentences[name] if is_value else spoken.text(refusal.message)}
