"""The customers of the demo, read from the tables beside it; all of them are invented."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import cast

from kontorhaus.app.demo import invented
from kontorhaus.app.demo.model import Customer
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.invoicing.model import ExportType, Language

_LEITWEG_REGION = "99900"  # no such region: the address is nobody's
_FOREIGN_VAT_ID = {"AT": "ATU9{:07}", "DK": "DK9{:07}"}
_FOREIGN_ACCOUNT = {"AT": "90090{:011}", "DK": "9009{:010}"}


def read(table: str) -> tuple[Customer, ...]:
    """The customers of one table in the order of their numbers."""
    text = resources.files(__package__).joinpath("data", table).read_text(encoding="utf-8")
    return tuple(_customer(row) for row in csv.DictReader(text.splitlines()))


def _customer(row: Mapping[str, str]) -> Customer:
    number, billing = int(row["number"]), row["billing"]
    is_yearly = billing.startswith("y")
    first, _, last = billing.removeprefix("y").partition("-")
    return Customer(
        details=_details(row),
        iban=_iban(row["country"], number * 7919),
        habit=row["habit"],
        language=cast(Language, row["language"]),
        export_type=cast(ExportType, row["export"]),
        discount=Decimal(row["discount"]),
        contract=tuple(_position(word) for word in row["contract"].split()),
        months=tuple(range(int(first), int(last or first) + 1)),
        is_yearly=is_yearly,
    )


def _details(row: Mapping[str, str]) -> PartyDetails:
    number, kind, country = int(row["number"]), row["kind"], row["country"]
    is_public, is_abroad = kind == "public", kind == "eu"
    reference = invented.leitweg_id(_LEITWEG_REGION, f"{number:05}") if is_public else None
    return PartyDetails(
        name=row["name"],
        name2=row["name2"] or None,
        client_number=row["number"],
        address1=row["street"],
        address2=row["town"],
        country_code=country,
        contact_person=row["contact"] or None,
        email=row["mail"],
        vat_id=_vat_id(kind, country, number),
        iban=_iban(country, number * 7919),
        vat_regulation="reverse-charge" if is_abroad else "standard",
        custom_fields={"buyerReference": reference} if reference else {},
    )


def _position(word: str) -> tuple[str, Decimal]:
    product, _, quantity = word.partition(":")
    return product, Decimal(quantity)


def _vat_id(kind: str, country: str, number: int) -> str | None:
    if kind == "eu":
        return _FOREIGN_VAT_ID[country].format(number)
    return invented.vat_id(90000000 + number) if kind == "firm" else None


def _iban(country: str, number: int) -> str:
    if country in _FOREIGN_ACCOUNT:
        return invented.iban(country, _FOREIGN_ACCOUNT[country].format(number))
    return invented.german_iban(number, bank=number % 9 + 1)
