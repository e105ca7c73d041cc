"""The matrix of invoices: every tax case, in every form it is sent in, with all it may carry.

The amounts are summed here once more, by whole numbers and fractions alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from kontorhaus.invoicing import rules
from kontorhaus.invoicing.agreement.model import (
    Agreement,
    Attachment,
    CashDiscount,
    DeliveryAddress,
    DirectDebit,
)
from kontorhaus.invoicing.cancellation import rules as cancellation
from kontorhaus.invoicing.model import Client, Deduction, Line, Preceding, Seller, Snapshot
from tests.rules.test_xml_invoice import AUSTRIA, CLIENT, SELLER, SMALL, SWITZERLAND, snapshot

GERMAN = replace(CLIENT, tax_number="DE136695976")
# quantity and net price; the last one is a deduction
ENTERED = (("3", "33.33"), ("7", "9.99"), ("0.125", "0.123456"), ("1", "-12.34"))
_EARLIER = Preceding("RE-2026-0000", date(2026, 2, 2))


@dataclass(frozen=True)
class Case:
    """A tax case by what a person enters; each rate has all the lines, with its reason."""

    rates: tuple[tuple[str, str | None], ...]
    client: Client = CLIENT
    seller: Seller = SELLER
    regulation: str = "standard"

    @property
    def is_taxed(self) -> bool:
        """Whether the rates count at all."""
        return self.regulation == "standard" and not self.seller.small_trader


CASES = {
    "19": Case((("19", None),)),
    "7": Case((("7", None),)),
    "mixed": Case((("19", None), ("7", None), ("0", "pv-zero"), ("0", "exempt"))),
    "photovoltaics": Case((("0", "pv-zero"),)),
    "exempt": Case((("0", "exempt"),)),
    "exempt-with-input": Case((("0", "exempt-with-input"),)),
    "export": Case((("0", "export"),), SWITZERLAND),
    "third-country": Case((("0", "third-country-service"),), SWITZERLAND),
    "third-country-unsaid": Case((("0", None),), SWITZERLAND),
    "not-taxable": Case((("0", "not-taxable"),)),
    "reverse-charge-home": Case((("19", None),), GERMAN, regulation="reverse-charge"),
    "reverse-charge-eu": Case((("19", None),), AUSTRIA, regulation="reverse-charge"),
    "reverse-charge-abroad": Case((("19", None),), SWITZERLAND, regulation="reverse-charge"),
    "intra-community": Case((("7", None),), AUSTRIA, regulation="intra-community-supply"),
    "small-trader": Case((("19", None),), CLIENT, SMALL),
}
# Each form with its layouts: an XRechnung has net prices.
FORMS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "pdf": ({"export_type": "pdf"}, ("net", "gross")),
    "factur-x": ({"export_type": "factur-x", "profile": "en16931"}, ("net", "gross")),
    "factur-x-extended": ({"export_type": "factur-x", "profile": "extended"}, ("net", "gross")),
    "xrechnung-ubl": ({"export_type": "xrechnung", "syntax": "ubl"}, ("net",)),
    "xrechnung-cii": ({"export_type": "xrechnung", "syntax": "cii"}, ("net",)),
}
_HOURS = b"Tag;Stunden\n1.3.;8\n"
_SHA256 = hashlib.sha256(_HOURS).hexdigest()
ENCLOSED = {_SHA256: _HOURS}
_ALL_SAID = Agreement(
    buyer_reference="04011000-1234512345-06",
    order="B-4711",
    contract="RV-8",
    project="P-9",
    despatch_advice="LS-7",
    receiving_advice="WE-6",
    delivery=DeliveryAddress(("Rue 1", "75001 Paris"), "FR", "Magasin"),
    discounts=(CashDiscount(7, Decimal(3)), CashDiscount(14, Decimal("1.5"))),
    attachments=(Attachment("stunden.csv", "text/csv", _SHA256, len(_HOURS), "Stundenzettel"),),
)
_DEBITED = Agreement(
    direct_debit=DirectDebit("M-2026-17", "DE98ZZZ09999999999", "DE02120300000000202051")
)


def _final(invoice: Snapshot) -> Snapshot:
    """A down payment of half of every group, deducted."""
    taken = tuple(
        Deduction(
            _EARLIER.number,
            _EARLIER.document_date,
            group.tax_code,
            group.rate,
            type(group.net)(group.net.minor // 2),
            type(group.tax)(group.tax.minor // 2),
        )
        for group in invoice.totals.groups
    )
    totals = replace(invoice.totals, deductions=taken)
    return replace(invoice, totals=totals, preceding=(_EARLIER,))


def _cancelled(invoice: Snapshot) -> Snapshot:
    day = date(2026, 4, 1)
    made = cancellation.snapshot(invoice, number="ST-2026-0001", day=day, seller=invoice.seller)
    return replace(made, finalized=True)


# What an invoice carries beside its lines, by what it says and what becomes of it.
CARRIED: dict[str, tuple[dict[str, Any], Callable[[Snapshot], Snapshot]]] = {
    "plain": ({}, lambda made: made),
    "discount": ({"discount_rate": Decimal("3.33")}, lambda made: made),
    "all-said": ({"agreement": _ALL_SAID}, lambda made: made),
    "debited": ({"agreement": _DEBITED}, lambda made: made),
    "period": (
        {
            "service_date": date(2026, 2, 1),
            "service_date_end": date(2026, 2, 28),
            "discount_rate": Decimal("7.5"),
            "introduction": "Guten Tag,\n\nwie besprochen: <Größe> & Menge.",
        },
        lambda made: made,
    ),
    "partial": ({"form": "partial"}, lambda made: made),
    "final": ({"form": "final"}, _final),
    "correction": ({"form": "correction"}, lambda made: replace(made, preceding=(_EARLIER,))),
    "credit-note": (
        {"form": "credit-note", "service_date": date(2026, 2, 1)},
        lambda made: replace(made, preceding=(_EARLIER,)),
    ),
    "cancellation": ({"agreement": _ALL_SAID}, _cancelled),
}


@dataclass(frozen=True)
class Example:
    """An invoice of the matrix with its net amount and its tax in cents."""

    name: str
    snapshot: Snapshot
    net: int
    tax: int


def cents(amount: Fraction) -> int:
    """Half up, away from zero."""
    whole = int(abs(amount) * 200 + 1) // 2
    return whole if amount >= 0 else -whole


def expected(
    case: Case, entered: Sequence[tuple[str, str]], layout: str, discount: Decimal
) -> tuple[int, int]:
    """Net and tax of all the lines at each rate of a case."""
    net = tax = 0
    for percent, _ in case.rates:
        rate = Fraction(percent if case.is_taxed else "0") / 100
        factor = 1 + rate if layout == "gross" else 1
        shown = sum(cents(Fraction(each) * Fraction(price) * factor) for each, price in entered)
        left = Fraction(shown - cents(Fraction(shown, 100) * Fraction(discount) / 100), 100)
        base = cents(left / (1 + rate)) if layout == "gross" else int(left * 100)
        net += base
        tax += int(left * 100) - base if layout == "gross" else cents(left * rate)
    return net, tax


def example(
    name: str,
    case: Case,
    *,
    form: str,
    layout: str,
    language: str,
    carried: str = "plain",
    entered: Sequence[tuple[str, str]] = ENTERED,
) -> Example:
    """One invoice of the matrix."""
    said, follow = CARRIED[carried]
    chosen = dict(FORMS[form][0])
    agreement = replace(
        said.get("agreement", Agreement()),
        syntax=chosen.pop("syntax", "ubl"),
        profile=chosen.pop("profile", None),
    )
    lines = tuple(
        Line("Ware", Decimal(quantity), Decimal(price), None, Decimal(rate), tax_case=reason)
        for rate, reason in case.rates
        for quantity, price in entered
    )
    if carried == "partial" and case.regulation == "intra-community-supply":
        chosen["service_date"] = date(2026, 4, 1)  # BR-IC-11
    made = snapshot(
        lines=lines,
        client=case.client,
        seller=case.seller,
        vat_regulation=case.regulation,
        price_layout=layout,
        language=language,
        **{**said, **chosen, "agreement": agreement},
    )
    assert made.totals == rules.totals(made.content, small_trader=case.seller.small_trader)
    net, tax = expected(case, entered, layout, made.content.discount_rate)
    return Example(name, replace(follow(made), number=f"RE-{name}"[:50]), net, tax)


def matrix() -> Iterator[Example]:
    """Tax case x form x layout x language; what is carried goes round among them."""
    carried = list(CARRIED)
    forms = [(form, layout) for form, (_, layouts) in FORMS.items() for layout in layouts]
    for turn, (name, case) in enumerate(CASES.items()):
        for place, ((form, layout), language) in enumerate(product(forms, ("de", "en"))):
            kind = carried[(17 * turn + place) % len(carried)]
            yield example(
                f"{form}-{name}-{layout}-{language}-{kind}",
                case,
                form=form,
                layout=layout,
                language=language,
                carried=kind,
            )
