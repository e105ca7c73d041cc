"""What a party must be, and what is read from its numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.contacts import rules
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.postal import PostalAddress


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


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Anna Berg", "anna  BERG ", True),
        ("STRASSE GmbH", "Straße GmbH", True),
        ("Bücher", "Bu\u0308cher", True),
        ("Ａnna", "Anna", True),
        ("Anna\u200bBerg", "AnnaBerg", True),
        ("Аnnа", "Anna", True),
        ("Anna Berg", "Anna Burg", False),
        ("Müller", "Mueller", False),
    ],
)
def test_names_are_compared_as_people_read_them(one, other, is_same):
    assert (rules.name_key(one) == rules.name_key(other)) is is_same


def test_numbers_are_compared_without_their_separators():
    assert rules.number_key("48/731/01234") == rules.number_key("48 731 01234")
    assert rules.number_key("-") is None
    assert rules.number_key(None) is None


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("iban", "de02 1203 0000 0000 2020 51", "DE02120300000000202051"),
        ("iban", "DE02120300000000202052", None),
        ("bic", "byladem1001", "BYLADEM1001"),
        ("bic", "BYLADEM", None),
        ("vat_id", "DE123456789", "DE123456789"),
        ("vat_id", "DE012345678", "DE012345678"),
        ("vat_id", "CHE-123.456.789 MWST", "CHE-123.456.789 MWST"),
        ("vat_id", "DE12345678", None),
        ("vat_id", "DE", None),
        ("vat_id", "ATU123", None),
    ],
)
def test_bank_details_and_vat_ids_have_their_form(field, text, expected):
    details = PartyDetails(name="A", **{field: text})
    if expected:
        assert getattr(rules.check_numbers(details), field) == expected
        return
    with pytest.raises(Invalid) as refusal:
        rules.check_numbers(details)
    assert refusal.value.details["field"] == field


@pytest.mark.parametrize(
    ("lines", "country", "street", "zip_code", "city"),
    [
        (("Hafenstraße 7", "20457 Hamburg"), "DE", ("Hafenstraße 7",), "20457", "Hamburg"),
        (("Haus B", "Weg 1", "D-20457 Hamburg"), "DE", ("Haus B", "Weg 1"), "20457", "Hamburg"),
        (("1 High St", "London SW1A 2AA"), "GB", ("1 High St",), "SW1A 2AA", "London"),
        (("Postfach",), "DE", ("Postfach",), "", ""),
    ],
)
def test_the_parts_of_an_address_are_read_from_its_lines(lines, country, street, zip_code, city):
    known = dict(zip(("address1", "address2", "address3"), lines, strict=False))
    found = rules.address_of(PartyDetails(name="A", country_code=country, **known))
    assert found == PostalAddress(street, zip_code, city, country)


WORDS = st.text("abc 12-", max_size=8).map(str.strip)


@given(
    WORDS.filter(lambda text: not text[:1].isdigit()), WORDS, WORDS, st.sampled_from(["DE", "GB"])
)
def test_an_address_said_by_its_parts_comes_back_so(street, zip_code, city, country):
    said = PostalAddress((street,) if street else (), zip_code, city or "Ulm", country)
    details = rules.with_address(PartyDetails(name="A"), said)
    assert rules.address_of(details) == said
    assert rules.with_address(details, said) == details
    assert rules.address_of(rules.with_address(details, None)) is None


def test_an_address_that_says_the_same_leaves_the_lines_as_they_are():
    known = PartyDetails(
        name="A", address1="Haus B", address2="Weg 1", address3="20457 Hamburg", country_code="DE"
    )
    same = PostalAddress(("Haus B, Weg 1",), "20457", "Hamburg", "DE")
    assert rules.with_address(known, same) == known
