"""The two forms of the settings: what was typed, as the fields it changes or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kontorhaus.identity.model import Profile, TaxNumber, TenantSettings
from kontorhaus.kernel import iban

# The texts of a company with the characters that each may have.
LONGEST: Mapping[str, int] = {
    "name": 200, "name2": 200, "display_name": 200, "line1": 200, "line2": 200, "line3": 200,
    "country_code": 2, "ceo": 200, "legal_line1": 200, "legal_line2": 200, "email": 200,
    "phone": 200, "contact_line1": 200, "contact_line2": 200, "iban": 42, "bic": 11,
    "bank_name": 200, "payment_line1": 200, "payment_line2": 200, "small_trader_text": 500,
    "vat_name": 20, "time_zone": 50,
}  # fmt: skip
_WORDS = ("chart", "vat_method", "sepa_version")
_NUMBERS = (
    "fiscal_year_start_month", "datev_adviser_number", "datev_client_number", "payment_days",
    "portal_link_days",
)  # fmt: skip
_RATE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?) ?%?", re.ASCII)
_MOST_TAX_NUMBERS = 10
_LONGEST_TAX_NUMBER = 50
_MOST_DIGITS = 9


@dataclass(frozen=True)
class Entered:
    """A form that was sent: the new values by field, and a word for every field that is wrong.

    The word is too_long, unprintable, incomplete, no_number, no_rate or no_day.
    """

    wanted: Mapping[str, object]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def changes(self, before: Profile | TenantSettings) -> dict[str, object]:
        """The fields that are not as before."""
        return {name: new for name, new in self.wanted.items() if new != getattr(before, name)}


def company(sent: Mapping[str, str]) -> Entered:
    """The profile that was typed; an empty field of the names clears it."""
    texts = {name: sent[name].strip() for name in LONGEST if name in sent}
    rows = _tax_rows(sent)
    checked = {name: (text, LONGEST[name]) for name, text in texts.items()}
    for index, row in enumerate(rows):
        checked[f"tax_description_{index}"] = row.description, _LONGEST_TAX_NUMBER
        checked[f"tax_number_{index}"] = row.number, _LONGEST_TAX_NUMBER
    wrong = {name: word for name, (text, most) in checked.items() if (word := _word(text, most))}
    for index, row in enumerate(rows):
        if row.number and not row.description:
            wrong[f"tax_description_{index}"] = "incomplete"
        if row.description and not row.number:
            wrong[f"tax_number_{index}"] = "incomplete"
    wanted: dict[str, object] = dict(texts)
    wanted |= {name: texts[name] or None for name in ("name2", "display_name") if name in texts}
    if "country_code" in texts:
        wanted["country_code"] = texts["country_code"].upper()
    if "iban" in texts:
        wanted["iban"] = iban.compact(texts["iban"])
    wanted |= {name: sent[name] for name in ("language",) if name in sent}
    for name, read in (("vat_rates", _rates), ("vat_default", _rate)):
        if name in sent:
            wanted[name] = read(sent[name])
            if wanted[name] is None:
                wrong[name] = "no_rate"
    wanted["tax_numbers"] = tuple(row for row in rows if row.number)
    wanted["small_trader"] = "small_trader" in sent
    return Entered(wanted, wrong)


def bookkeeping(sent: Mapping[str, str]) -> Entered:
    """The settings of the books that were typed."""
    texts = {name: sent[name].strip() for name in (*_WORDS, *_NUMBERS) if name in sent}
    wrong = {name: "no_number" for name in _NUMBERS if name in texts and not _is_count(texts[name])}
    wanted: dict[str, object] = {
        name: int(text) if name in _NUMBERS else text
        for name, text in texts.items()
        if name not in wrong
    }
    if "vat_method_from" in sent:
        try:
            wanted["vat_method_from"] = _day(sent["vat_method_from"].strip())
        except ValueError:
            wrong["vat_method_from"] = "no_day"
    wanted["payment_run_four_eyes"] = "payment_run_four_eyes" in sent
    return Entered(wanted, wrong)


def company_texts(profile: Profile) -> dict[str, str]:
    """The profile as its form shows it; a checkbox is there when it is ticked."""
    texts = {name: getattr(profile, name) or "" for name in LONGEST}
    texts |= {
        "iban": iban.grouped(profile.iban),
        "language": profile.language,
        "vat_rates": "; ".join(_rate_text(rate) for rate in profile.vat_rates),
        "vat_default": _rate_text(profile.vat_default),
    }
    empty = TaxNumber("", "")
    rows = (*profile.tax_numbers, empty, empty)[:_MOST_TAX_NUMBERS]
    for index, row in enumerate(rows):
        texts |= {f"tax_description_{index}": row.description, f"tax_number_{index}": row.number}
    return texts | ({"small_trader": "on"} if profile.small_trader else {})


def bookkeeping_texts(settings: TenantSettings) -> dict[str, str]:
    """The settings as their form shows them; a checkbox is there when it is ticked."""
    texts = {name: str(getattr(settings, name)) for name in (*_WORDS, *_NUMBERS)}
    begins = settings.vat_method_from
    texts["vat_method_from"] = begins.isoformat() if begins else ""
    four_eyes = {"payment_run_four_eyes": "on"} if settings.payment_run_four_eyes else {}
    return texts | four_eyes


def tax_row_count(texts: Mapping[str, str]) -> int:
    """How many tax numbers a form has room for."""
    return sum(f"tax_number_{index}" in texts for index in range(_MOST_TAX_NUMBERS))


def _day(text: str) -> date | None:
    """A day as a browser sends it, 2027-01-01; ValueError for anything else but nothing."""
    return date.fromisoformat(text) if text else None


def _tax_rows(sent: Mapping[str, str]) -> list[TaxNumber]:
    return [
        TaxNumber(
            sent.get(f"tax_description_{index}", "").strip(),
            sent.get(f"tax_number_{index}", "").strip(),
        )
        for index in range(_MOST_TAX_NUMBERS)
    ]


def _rates(text: str) -> tuple[Decimal, ...] | None:
    """Rates in percent with semicolons between them; None if one cannot be read."""
    found = [_rate(part) for part in text.split(";") if part.strip()]
    rates = tuple(rate for rate in found if rate is not None)
    return rates if rates and len(rates) == len(found) else None


def _rate(text: str) -> Decimal | None:
    """A rate in percent, with a comma or a point."""
    found = _RATE.fullmatch(text.strip())
    return Decimal(found[1].replace(",", ".")) if found else None


def _rate_text(rate: Decimal) -> str:
    text = f"{rate:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _word(text: str, most: int) -> str:
    if len(text) > most:
        return "too_long"
    return "" if text.isprintable() else "unprintable"


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
