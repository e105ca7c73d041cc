"""The own texts of a document: what it says unless told otherwise, its placeholders filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from kontorhaus.invoicing.agreement.model import DirectDebit
from kontorhaus.invoicing.model import Deduction, Preceding, Snapshot
from kontorhaus.kernel.money import Money, minor_digits

_DAYS = {"de": "dd.MM.yyyy", "en": "d MMM yyyy"}
_FIELDS: Mapping[str, Callable[[Snapshot], str]] = {
    "number": lambda snapshot: snapshot.number,
    "date": lambda snapshot: _day(snapshot.content.document_date, snapshot),
    "dueDate": lambda snapshot: _day(snapshot.due_date, snapshot),
    "name": lambda snapshot: snapshot.content.client.name if snapshot.content.client else "",
}
PLACEHOLDERS = tuple(_FIELDS)
_PLACE = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


_CANCELLED = {
    "de": "Hiermit stornieren wir unsere Rechnung {original} vollständig.",
    "en": "We hereby cancel our invoice {original} in full.",
}
_GIVEN_BACK = {
    "de": "Einen bereits gezahlten Betrag schreiben wir Ihnen gut.",
    "en": "Any amount that you have paid already will be credited to you.",
}
_DEDUCTED = {"de": "Abschlagsrechnung {number}", "en": "Partial invoice {number}"}
_DEDUCTION = {
    "de": "Abzüglich Abschlagsrechnung {number} vom {day}: netto {net}, {rate} % USt {tax},"
    " brutto {gross}.",
    "en": "Less partial invoice {number} of {day}: net {net}, {rate}% VAT {tax}, gross {gross}.",
}
_DEBITED = {
    "de": "Den Betrag von {amount} ziehen wir am {day} von Ihrem Konto {iban} ein"
    " (SEPA-Lastschrift, Mandat {mandate}, Gläubiger-ID {creditor}).",
    "en": "We will collect {amount} from your account {iban} on {day}"
    " (SEPA direct debit, mandate {mandate}, creditor id {creditor}).",
}
_OF = {"de": "vom", "en": "of"}


def introduction(snapshot: Snapshot) -> str:
    """What stands above the lines: a cancellation says what it takes back."""
    if snapshot.content.form != "cancellation":
        return filled(snapshot.content.introduction, snapshot)
    original = named(snapshot.preceding[0], snapshot)
    return _CANCELLED[snapshot.content.language].format(original=original)


def closing(snapshot: Snapshot) -> str:
    """What stands below the lines."""
    if snapshot.content.form != "cancellation":
        return filled(snapshot.content.notes, snapshot)
    return _GIVEN_BACK[snapshot.content.language]


def named(preceding: Preceding, snapshot: Snapshot) -> str:
    """An earlier invoice by its number and its day."""
    of = _OF[snapshot.content.language]
    return f"{preceding.number} {of} {_day(preceding.document_date, snapshot)}"


def deducted(number: str, language: str) -> str:
    """What a deducted down payment is called in the books."""
    return _DEDUCTED[language].format(number=number)


def deduction(each: Deduction, language: str) -> str:
    """A deducted down payment in one sentence, with its net amount and its tax."""
    return _DEDUCTION[language].format(
        number=each.number,
        day=format_date(each.document_date, _DAYS[language], locale=language),
        net=_amount(each.net, language),
        rate=format_decimal(each.rate, locale=language),
        tax=_amount(each.tax, language),
        gross=_amount(each.gross, language),
    )


def debited(debit: DirectDebit, snapshot: Snapshot) -> str:
    """When and how the amount is collected; of the account only its ends are shown."""
    language = snapshot.content.language
    return _DEBITED[language].format(
        amount=_amount(snapshot.totals.payable, language),
        day=_day(snapshot.due_date, snapshot),
        iban=f"{debit.iban[:4]} … {debit.iban[-4:]}",
        mandate=debit.mandate,
        creditor=debit.creditor_id,
    )


def _amount(money: Money, language: str) -> str:
    digits = minor_digits(money.currency)
    form = "#,##0." + "0" * digits if digits else "#,##0"
    return f"{format_decimal(money.decimal, format=form, locale=language)} {money.currency}"


def filled(text: str | None, snapshot: Snapshot) -> str:
    """A text of the user with {number}, {date}, {dueDate} and {name}; other braces stay."""
    return _PLACE.sub(lambda found: _FIELDS[found[1]](snapshot), text or "")


def _day(day: date, snapshot: Snapshot) -> str:
    language = snapshot.content.language
    return format_date(day, _DAYS[language], locale=language)
