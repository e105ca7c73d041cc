"""What a party must be, and what is read from its numbers."""

from __future__ import annotations

import pytest

from kontorhaus.contacts import rules
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DE123456789", "DE123456789"),
        ("de 123 456 789", "DE123456789"),
        ("ATU12345678", "ATU12345678"),
        ("CHE-123.456.789", "CHE123456789"),
        ("EL123456789", "EL123456789"),
        ("48/731/01234", None),
        ("US123456789", None),
        ("", None),
        (None, None),
    ],
)
def test_a_vat_id_is_known_by_its_form(text, expected):
    assert rules.vat_id(text) == expected


def test_a_tax_number_is_kept_as_what_it_is():
    party = PartyDetails(name="A")
    assert rules.with_tax_number(party, "DE123456789").vat_id == "DE123456789"
    assert rules.with_tax_number(party, "48/731/01234").tax_id == "48/731/01234"
    assert rules.with_tax_number(party, None).tax_number is None


@pytest.mark.parametrize(
    "details",
    [
        PartyDetails(name="  "),
        PartyDetails(name="A", email="nobody"),
        PartyDetails(name="A", email="a@b"),
        PartyDetails(name="A", email="a b@example.org"),
        PartyDetails(name="A", country_code="Deutschland"),
        PartyDetails(name="A", vat_regulation="none"),
        PartyDetails(name="A", custom_fields={"k" * 41: "v"}),
        PartyDetails(name="A", custom_fields={str(n): "v" for n in range(21)}),
    ],
)
def test_what_cannot_stand_is_refused_with_its_field(details):
    with pytest.raises(Invalid) as refusal:
        rules.check(details)
    assert refusal.value.details["field"]


def test_a_wish_in_the_form_of_an_account_gives_way_to_the_account():
    assert rules.shown_number("10007", "10001") == "10001"
    assert rules.shown_number("D-4711", "10001") == "D-4711"
    assert rules.shown_number(None, "10001") == "10001"
