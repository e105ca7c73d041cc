"""DATEV's master data: customers, vendors and the names of accounts."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.ledger import charts
from kontorhaus.reports.datev import extf, extf_check
from kontorhaus.reports.datev import masters as datev_masters
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev.model import PersonalAccount
from kontorhaus.tax import cases

SKR04 = datev.Books(charts.chart("SKR04"), charts.KEY_ACCOUNTS["SKR04"], cases.CASES)


def test_master_data_follow_their_tables():
    header = extf.Header(
        datetime(2026, 4, 2, 8, tzinfo=UTC), 1001, 1, date(2026, 1, 1), 4, date(2026, 3, 1),
        date(2026, 3, 31), "SKR04", head="ab" * 32,
    )  # fmt: skip
    details = PartyDetails(
        name="Hansen & Söhne GmbH", address1="Speicherstraße 14", address2="20457 Hamburg",
        country_code="DE", vat_id="DE123456788", iban="DE02120300000000202051",
        bic="BYLADEM1001", email="einkauf@hansen.example",
    )  # fmt: skip
    parties = [
        PersonalAccount("10001", "customer", "Hansen & Söhne GmbH mit einem langen Namen", details),
        PersonalAccount("70001", "vendor", 'Łukasz "der Lieferant"', None),
    ]
    content = extf.file_of(header, datev_masters.party_lines(parties, SKR04), extf.PARTIES)
    assert extf_check.problems(content) == []
    row = extf.parse(content)[2]
    assert len(row) == 254
    assert [row[n - 1].text for n in (1, 8, 9, 10, 16, 18, 19, 20, 45, 47)] == [
        "10001", "Hansen & Söhne", "DE", "123456788", "Speicherstraße 14", "20457", "Hamburg",
        "DE", "DE02120300000000202051", "BYLADEM1001",
    ]  # fmt: skip
    names = datev_masters.account_lines([("4400", "Erlöse 19 % USt"), ("0050", "x" * 80)], SKR04)
    content = extf.file_of(header, names, extf.ACCOUNTS)
    assert extf_check.problems(content) == []
    assert extf.parse(content)[0][30].text == "ab" * 8
    assert [field.text for field in extf.parse(content)[2]] == [
        "4400", "Erlöse 19 % USt", "de-DE", "Erlöse 19 % USt",
    ]  # fmt: skip


@given(st.text(min_size=1, max_size=90), st.text(max_size=40), st.text(max_size=40))
def test_any_text_of_a_party_keeps_the_rules_of_the_columns(name, street, city):
    header = extf.Header(
        datetime(2026, 4, 2, 8, tzinfo=UTC), 1001, 1, date(2026, 1, 1), 4, date(2026, 3, 1),
        date(2026, 3, 31), "SKR04",
    )  # fmt: skip
    details = PartyDetails(name=name, address1=street, zip=street, city=city, country_code="DE")
    lines = datev_masters.party_lines([PersonalAccount("10001", "customer", name, details)], SKR04)
    assert extf_check.problems(extf.file_of(header, lines, extf.PARTIES)) == []
