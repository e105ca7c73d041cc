"""What a party must be, and what is read from its address and tax number."""

from __future__ import annotations

import pytest

from kontorhaus.contacts import rules
from kontorhaus.contacts.model import PartyDetails, Place
from kontorhaus.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Große Bleichen 21", "20354 Hamburg"), Place(("Große Bleichen 21",), "20354", "Hamburg")),
        (("Hof 3", "D-01067 Dresden", "Deutschland"),
         Place(("Hof 3", "Deutschland"), "01067", "Dresden")),
        (("Ring 1", "1010 Wien"), Place(("Ring 1",), "1010", "Wien")),
        (("Damrak 1", "1012 AB Amsterdam"), Place(("Damrak 1",), "1012 AB", "Amsterdam")),
        (("ul. Długa 5", "00-238 Warszawa"), Place(("ul. Długa 5",), "00-238", "Warszawa")),
        (("10 Downing Street", "London SW1A 2AA"),
         Place(("10 Downing Street",), "SW1A 2AA", "London")),
        (("Nur eine Straße 5",), Place(("Nur eine Straße 5",), None, None)),
        ((), Place((), None, None)),
    ],
)
def test_post_code_and_town_are_read_from_the_last_line_that_has_them(lines, expected):
    assert rules.place(lines) == expected


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
