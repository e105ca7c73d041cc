"""BR-DE-*: means of payment, discount for early payment, direct debit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung.rule import Breaches, Rule, document
from kontorhaus.kernel import iban

# UNTDID 4461: what XRechnung takes for credit transfer, card and direct debit.
_TRANSFER, _CARD, _DEBIT = {"30", "58"}, {"48", "54", "55"}, {"59"}
_SEPA_TRANSFER, _SEPA_DEBIT = {"58"}, {"59"}
_SKONTO = re.compile(r"#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#", re.ASCII)


def _paid_by(codes: set[str], invoice: Terms) -> Iterator[Terms]:
    return (means for means in invoice.groups("BG-16") if means.value("BT-81") in codes)


def _without(codes: set[str], group: str) -> Breaches:
    """Means of payment with one of the codes that do not have the group."""
    return lambda invoice: (means for means in _paid_by(codes, invoice) if not means.has(group))


def _beside(codes: set[str], *groups: str) -> Breaches:
    """Means of payment with one of the codes that have what belongs to others."""
    return lambda invoice: (
        means for means in _paid_by(codes, invoice) if any(map(means.has, groups))
    )


def _no_iban(codes: set[str], term: str) -> Breaches:
    return lambda invoice: (
        means for means in _paid_by(codes, invoice) if not iban.is_valid(means.value(term))
    )


def _debit_without(term: str) -> Breaches:
    return document(lambda invoice: not invoice.has("BG-19") or invoice.has(term))


def _discounts_are_readable(invoice: Terms) -> bool:
    for text in invoice.raw("BT-20")[:1]:
        lines = [" ".join(line.split()) for line in text.split("\n")]
        discounts = [line for line in lines if line.startswith("#")]
        # The last discount ends its line, too.
        if not all(map(_SKONTO.fullmatch, discounts)) or lines[-1].startswith("#"):
            return False
    return True


RULES = (
    Rule(
        "BR-DE-1",
        "BG-16",
        "Angaben zur Zahlung (BG-16) fehlen.",
        "The payment instructions (BG-16) are missing.",
        document(lambda invoice: invoice.has("BG-16")),
    ),
    Rule(
        "BR-DE-18",
        "BT-20",
        "Die Skontozeilen (BT-20) haben nicht die Form "
        "#SKONTO#TAGE=14#PROZENT=2.00# mit Zeilenende.",
        "The discount lines (BT-20) do not have the form "
        "#SKONTO#TAGE=14#PROZENT=2.00# and an end of line.",
        document(_discounts_are_readable),
    ),
    Rule(
        "BR-DE-19",
        "BT-84",
        "Die IBAN für die Überweisung (BT-84) ist nicht richtig.",
        "The IBAN to pay to (BT-84) is not right.",
        _no_iban(_SEPA_TRANSFER, "BT-84"),
        "warning",
    ),
    Rule(
        "BR-DE-20",
        "BT-91",
        "Die IBAN für die Lastschrift (BT-91) ist nicht richtig.",
        "The IBAN of the direct debit (BT-91) is not right.",
        _no_iban(_SEPA_DEBIT, "BT-91"),
        "warning",
    ),
    Rule(
        "BR-DE-23-a",
        "BG-17",
        "Zur Überweisung fehlt das Konto (BG-17).",
        "A credit transfer needs an account (BG-17).",
        _without(_TRANSFER, "BG-17"),
    ),
    Rule(
        "BR-DE-23-b",
        "BG-18",
        "Zur Überweisung gehören weder Karte (BG-18) noch Lastschrift (BG-19).",
        "A credit transfer has neither card (BG-18) nor direct debit (BG-19).",
        _beside(_TRANSFER, "BG-18", "BG-19"),
    ),
    Rule(
        "BR-DE-24-a",
        "BG-18",
        "Zur Kartenzahlung fehlt die Karte (BG-18).",
        "A card payment needs a card (BG-18).",
        _without(_CARD, "BG-18"),
    ),
    Rule(
        "BR-DE-24-b",
        "BG-17",
        "Zur Kartenzahlung gehören weder Konto (BG-17) noch Lastschrift (BG-19).",
        "A card payment has neither account (BG-17) nor direct debit (BG-19).",
        _beside(_CARD, "BG-17", "BG-19"),
    ),
    Rule(
        "BR-DE-25-a",
        "BG-19",
        "Zur Lastschrift fehlt das Mandat (BG-19).",
        "A direct debit needs a mandate (BG-19).",
        _without(_DEBIT, "BG-19"),
    ),
    Rule(
        "BR-DE-25-b",
        "BG-17",
        "Zur Lastschrift gehören weder Konto (BG-17) samt BIC (BT-86) noch Karte (BG-18).",
        "A direct debit has neither account (BG-17) with its BIC (BT-86) nor card (BG-18).",
        _beside(_DEBIT, "BG-17", "BT-86", "BG-18"),
    ),
    Rule(
        "BR-DE-30",
        "BT-90",
        "Die Gläubiger-Identifikationsnummer (BT-90) der Lastschrift fehlt.",
        "The creditor id (BT-90) of the direct debit is missing.",
        _debit_without("BT-90"),
    ),
    Rule(
        "BR-DE-31",
        "BT-91",
        "Das belastete Konto (BT-91) der Lastschrift fehlt.",
        "The debited account (BT-91) of the direct debit is missing.",
        _debit_without("BT-91"),
    ),
)
