"""What is said to a customer about invoices and payments, in German and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_timedelta

from kontorhaus.invoicing.customers.model import Gateway, Status
from kontorhaus.invoicing.model import Language

_STATUSES: Mapping[Status, Mapping[Language, str]] = {
    "Unpaid": {"de": "Offen", "en": "Unpaid"},
    "Payment Pending": {"de": "Zahlung ausstehend", "en": "Payment pending"},
    "Paid": {"de": "Bezahlt", "en": "Paid"},
    "Cancelled": {"de": "Storniert", "en": "Cancelled"},
    "Refunded": {"de": "Erstattet", "en": "Refunded"},
    "Collections": {"de": "Inkasso", "en": "Collections"},
}
_PAYMENTS: Mapping[Gateway, Mapping[Language, str]] = {
    "banktransfer": {"de": "Überweisung zu {number}", "en": "Bank transfer for {number}"},
    "directdebit": {"de": "Lastschrift zu {number}", "en": "Direct debit for {number}"},
    "manual": {"de": "Zahlung zu {number}", "en": "Payment for {number}"},
}
_TODAY: Mapping[Language, str] = {"de": "heute", "en": "today"}


def status_label(status: Status, language: Language) -> str:
    """The word for a status."""
    return _STATUSES[status][language]


def payment_text(gateway: Gateway, number: str, language: Language) -> str:
    """What a payment for the invoice of that number is."""
    return _PAYMENTS[gateway][language].format(number=number)


def time_since(day: date, today: date, language: Language) -> str:
    """How long ago a day was: vor 3 Monaten, 3 months ago."""
    if day == today:
        return _TODAY[language]
    text: str = format_timedelta(day - today, add_direction=True, locale=language)
    return text
