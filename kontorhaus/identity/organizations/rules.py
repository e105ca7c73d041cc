"""Rules of managed organizations: how details stand on paper, metadata, what a caller sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from kontorhaus.identity.model import TaxNumber
from kontorhaus.identity.organizations.model import Details, Filter, Organization, Paper
from kontorhaus.kernel import postal
from kontorhaus.kernel.errors import Invalid

_MOST_KEYS, _LONGEST_KEY, _LONGEST_VALUE = 20, 40, 500
_SHORTEST_NAME = 3
_SEPARATORS = re.compile(r"[\s.]")

# The numbers of an organization: what they are called on paper, and the form of each.
_NUMBERS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "economy_id": ("Wirtschafts-IdNr.", re.compile(r"DE\d{9}-\d{5}", re.ASCII)),
    "vat_id": ("USt-IdNr.", re.compile(r"[A-Z]{2}(?=[A-Z0-9+*]*\d)[A-Z0-9+*]{2,12}", re.ASCII)),
    "tax_number": ("Steuernummer", re.compile(r"\d.*", re.ASCII)),
}

ORDERS: Mapping[str, Callable[[Organization], str]] = {
    "id": lambda found: str(found.id),
    **{
        name: lambda found, name=name: getattr(found.details, name) or ""  # type: ignore[misc]
        for name in (
            *("name", "display_name", "vat_id", "address_line1", "address_line2", "zip", "town"),
            *("state", "tax_number", "economy_id"),
        )
    },
}


def check(details: Details) -> None:
    """Invalid names the field that cannot be taken."""
    if len(details.name.strip()) < _SHORTEST_NAME:
        raise Invalid("name", "A name has three characters or more.", field="name")
    for name in ("address_line1", "zip", "town"):
        if not getattr(details, name).strip():
            raise Invalid("address", f"{name} cannot be empty.", field=name)
    check_metadata(details.metadata)


def check_metadata(metadata: Mapping[str, str]) -> None:
    """At most 20 keys of 40 characters, with values of at most 500; Invalid("metadata")."""
    if len(metadata) > _MOST_KEYS:
        raise Invalid("metadata", f"At most {_MOST_KEYS} keys.", field="metadata")
    for key, value in metadata.items():
        if not 0 < len(key) <= _LONGEST_KEY or len(value) > _LONGEST_VALUE:
            raise Invalid(
                "metadata",
                f"A key has 1 to {_LONGEST_KEY} characters, its value at most {_LONGEST_VALUE}.",
                field=f"metadata.{key[:_LONGEST_KEY]}",
            )


def paper(details: Details, before: Sequence[TaxNumber] = ()) -> Paper:
    """How details stand on documents; numbers that these do not name stay as they were."""
    town = postal.town_line(details.zip, details.town, details.country_code)
    lines = [line for line in (details.address_line1, details.address_line2, town) if line]
    first, second, third = [*lines, "", "", ""][:3]
    return Paper(
        details.name,
        details.display_name,
        details.country_code,
        (first, second, third),
        _with_numbers(before, details),
    )


def told(paper: Paper, kept: Details) -> Details:
    """The kept details with what the profile says.

    Post code and town are as they were given, if they still stand there.
    """
    country = paper.country_code
    lines = tuple(line for line in paper.lines if line.strip())
    written = postal.town_line(kept.zip, kept.town, country)
    if written and written in lines:
        place = len(lines) - 1 - lines[::-1].index(written)
        street = lines[:place] + lines[place + 1 :]
        address = postal.PostalAddress(street, kept.zip, kept.town, country)
    else:
        address = postal.postal_address(lines, country)
    first, *rest = address.street or ("",)
    return replace(
        kept,
        name=paper.name,
        display_name=paper.display_name,
        address_line1=first,
        address_line2=", ".join(rest),
        zip=address.zip,
        town=address.city,
        country_code=country,
        vat_id=_number(paper.tax_numbers, "vat_id"),
        tax_number=_number(paper.tax_numbers, "tax_number"),
        economy_id=_number(paper.tax_numbers, "economy_id"),
    )


def is_shown(found: Organization, wanted: Filter) -> bool:
    """Whether a list of the wanted organizations holds this one."""
    is_managed = found.managed_by is not None
    return (
        (wanted.environment is None or wanted.environment in found.tenants)
        and (wanted.is_managed is None or wanted.is_managed == is_managed)
        and (wanted.managed_by is None or wanted.managed_by == found.managed_by)
    )


def in_order(found: Sequence[Organization], wanted: Filter) -> list[Organization]:
    """Sorted as wanted, equal ones by id."""
    value = ORDERS[wanted.order_by]
    by_id = sorted(found, key=lambda one: str(one.id))
    return sorted(by_id, key=lambda one: value(one).casefold(), reverse=wanted.is_descending)


def environments_of_new(
    *, asked_in: str, billed: Organization | None, bill_to: UUID | None
) -> tuple[str, ...]:
    """TEST alone, unless a LIVE token founds it at the expense of an organization that is LIVE.

    Invalid for a `bill_to` that the caller does not see.
    """
    if bill_to is not None and billed is None:
        raise Invalid(
            "billing_options",
            "There is no such organization to be billed.",
            field="billing_options.bill_to_organization",
        )
    is_live = asked_in == "LIVE" and billed is not None and "LIVE" in billed.tenants
    return ("TEST", "LIVE") if is_live else ("TEST",)


def _number(numbers: Sequence[TaxNumber], name: str) -> str | None:
    return next((one.number for one in numbers if _kind(one) == name), None)


def _kind(number: TaxNumber) -> str:
    """Which of the numbers it is: by the word it goes under, else by its form."""
    for name, (word, _) in _NUMBERS.items():
        if number.description == word:
            return name
    compact = _SEPARATORS.sub("", number.number).upper()
    return next((name for name, (_, form) in _NUMBERS.items() if form.fullmatch(compact)), "")


def _with_numbers(before: Sequence[TaxNumber], details: Details) -> tuple[TaxNumber, ...]:
    numbers = list(before)
    for name, (word, _) in reversed(list(_NUMBERS.items())):
        wanted = getattr(details, name) or ""
        places = [place for place, one in enumerate(numbers) if _kind(one) == name]
        if not wanted:
            numbers = [one for one in numbers if _kind(one) != name]
        elif places:
            numbers[places[0]] = replace(numbers[places[0]], number=wanted)
        else:
            numbers.append(TaxNumber(word, wanted))
    return tuple(numbers)
