"""The settings over HTTP: what is saved, what is refused at its field, and who may save."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from kontorhaus.banking import actions as banking
from kontorhaus.banking.actions import NewBankAccount
from kontorhaus.identity.model import TaxNumber, TenantSettings
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Line, Posting, Transfer
from kontorhaus.runtime.work import begin
from tests.conftest import PROFILE
from tests.surfaces.web_office import Office, complaints

COMPANY, BOOKS = "/settings", "/settings/bookkeeping"


@pytest.fixture
def office(office_of: Callable[[str], Office]) -> Office:
    return office_of("owner")


@pytest.mark.parametrize("path", [COMPANY, BOOKS])
def test_a_form_sent_as_it_stands_changes_nothing(office: Office, path: str) -> None:
    before = office.profile, office.settings
    answer = office.send(path)
    assert answer.headers["location"] == f"{path}?saved=1"
    assert (office.profile, office.settings) == before
    page = office.client.get(answer.headers["location"]).text
    assert "Gespeichert." in page
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?://", page)


def test_the_company_is_saved_as_it_was_typed(office: Office) -> None:
    answer = office.send(
        COMPANY, name=" Nordlicht <b>Hosting</b> GmbH ", display_name="Nordlicht",
        line3="Deutschland", country_code="at", iban="de02 1203 0000 0000 2020 51",
        small_trader="on", tax_description_0="USt-IdNr.", tax_number_0="DE301234562",
        tax_description_1="Steuernummer", tax_number_1="48/712/03456",
    )  # fmt: skip
    assert answer.status_code == 303
    saved = office.profile
    assert (saved.name, saved.display_name) == ("Nordlicht <b>Hosting</b> GmbH", "Nordlicht")
    assert (saved.country_code, saved.iban) == ("AT", "DE02120300000000202051")
    assert (saved.line1, saved.line3) == (PROFILE.line1, "Deutschland")
    assert saved.tax_numbers == (
        TaxNumber("USt-IdNr.", "DE301234562"),
        TaxNumber("Steuernummer", "48/712/03456"),
    )
    assert saved.small_trader
    assert "Nordlicht &lt;b&gt;Hosting&lt;/b&gt; GmbH" in office.client.get(COMPANY).text


def test_a_tax_number_goes_with_its_last_letter_and_a_tick_with_its_mark(office: Office) -> None:
    office.send(
        COMPANY, tax_description_0="USt-IdNr.", tax_number_0="DE301234562", small_trader="on",
        display_name="Nordlicht",
    )  # fmt: skip
    office.send(COMPANY, tax_description_0="", tax_number_0="", small_trader=None, display_name="")
    saved = office.profile
    assert (saved.tax_numbers, saved.small_trader, saved.display_name) == ((), False, None)


def test_rates_time_zone_and_language_are_saved(office: Office) -> None:
    office.send(
        COMPANY, vat_rates="20; 10;0; 13,5 %", vat_default="10", vat_name="MwSt.",
        time_zone="Europe/Vienna", language="en",
    )  # fmt: skip
    saved = office.profile
    assert saved.vat_rates == tuple(map(Decimal, ("20", "10", "0", "13.5")))
    assert (saved.vat_default, saved.vat_name) == (Decimal(10), "MwSt.")
    assert (saved.time_zone, saved.language) == ("Europe/Vienna", "en")
    assert office.form(COMPANY)["vat_rates"] == "20; 10; 0; 13,5"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"vat_rates": "19; viel"},
         {"vat_rates": "Hier steht ein Satz in Prozent, etwa 19 oder 5,5."}),
        ({"vat_rates": ""}, {"vat_rates": "Hier steht ein Satz in Prozent, etwa 19 oder 5,5."}),
        ({"vat_rates": "19; 101"}, {"vat_rates": "Ein Satz liegt zwischen 0 und 100 Prozent."}),
        ({"vat_default": "16"}, {"vat_default": "Der übliche Satz ist einer der Steuersätze."}),
        ({"time_zone": "Europe/Atlantis"},
         {"time_zone": "Diese Zeitzone gibt es nicht; Europe/Berlin ist eine."}),
        ({"name": "  "}, {"name": "Eine Firma hat einen Namen."}),
        ({"iban": "DE02 1203"}, {"iban": "Diese IBAN stimmt nicht: Prüfen Sie die Ziffern."}),
        ({"email": "nobody"}, {"email": "Das ist keine E-Mail-Adresse."}),
        ({"country_code": "D1"}, {"country_code": "Ein Land hat zwei Buchstaben, etwa DE."}),
        ({"bank_name": "x" * 201, "phone": "0\x00"},
         {"bank_name": "Das ist zu lang.",
          "phone": "Das enthält ein Zeichen, das sich nicht drucken lässt."}),
        ({"tax_number_0": "DE301234562", "tax_description_1": "Steuernummer"},
         {"tax_description_0": "Bezeichnung und Nummer gehören zusammen.",
          "tax_number_1": "Bezeichnung und Nummer gehören zusammen."}),
    ],
)  # fmt: skip
def test_a_wrong_company_is_shown_again_as_it_was_typed(
    office: Office, typed: dict[str, str], words: dict[str, str]
) -> None:
    before = office.profile
    answer = office.send(COMPANY, line1="Neue Straße 1", **typed)
    assert complaints(answer) == words
    assert 'value="Neue Straße 1"' in answer.text
    assert office.profile == before


def test_the_books_are_kept_as_was_chosen(office: Office) -> None:
    answer = office.send(
        BOOKS, chart="SKR03", fiscal_year_start_month="7", datev_adviser_number="29098",
        datev_client_number="12345", sepa_version="03", payment_run_four_eyes="on",
        payment_days="30",
    )  # fmt: skip
    assert answer.status_code == 303
    assert office.settings == TenantSettings(
        chart="SKR03", fiscal_year_start_month=7, datev_adviser_number=29098,
        datev_client_number=12345, sepa_version="03", payment_run_four_eyes=True, payment_days=30,
    )  # fmt: skip
    assert office.form(BOOKS)["fiscal_year_start_month"] == "7"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"datev_adviser_number": "1000"},
         {"datev_adviser_number": "Eine Zahl von 1001 bis 9999999."}),
        ({"datev_client_number": "0"}, {"datev_client_number": "Eine Zahl von 1 bis 99999."}),
        ({"payment_days": "366"}, {"payment_days": "Eine Zahl von 0 bis 365."}),
        ({"fiscal_year_start_month": "13"}, {"fiscal_year_start_month": "Das ist kein Monat."}),
        ({"payment_days": "-1", "datev_client_number": "²"},
         {"payment_days": "Hier steht eine ganze Zahl.",
          "datev_client_number": "Hier steht eine ganze Zahl."}),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_at_their_field(
    office: Office, typed: dict[str, str], words: dict[str, str]
) -> None:
    before = office.settings
    answer = office.send(BOOKS, sepa_version="03", **typed)
    assert complaints(answer) == words
    assert '<option value="03" selected>' in answer.text
    assert office.settings == before


def test_chart_and_fiscal_year_stay_after_the_first_posting(office: Office) -> None:
    with begin(office.database, office.caller) as work:
        transfers = (Transfer("1600", "4400", Money(11900), 1, 1),)
        ledger.post(work, postings=[Posting(date(2026, 3, 2), "Verkauf", transfers, "manual")])
    german = "Kontenrahmen und Geschäftsjahr lassen sich nur vor der ersten Buchung ändern."
    assert complaints(office.send(BOOKS, chart="SKR03")) == {"chart": german}
    answer = office.send(BOOKS, fiscal_year_start_month="7")
    assert complaints(answer) == {"fiscal_year_start_month": german}
    office.client.cookies.set("language", "en")
    english = "Chart and fiscal year can only change before the first posting."
    assert complaints(office.send(BOOKS, chart="SKR03")) == {"chart": english}
    assert office.settings == TenantSettings()
    assert office.send(BOOKS, payment_days="7").status_code == 303


def test_the_chart_stays_while_a_bank_account_is_linked(office: Office) -> None:
    with begin(office.database, office.caller) as work:
        wanted = NewBankAccount("Giro", "DE02120300000000202051", "1800")
        banking.create_bank_account(work, wanted=wanted)
    words = "Ein Bankkonto ist mit dem jetzigen Kontenrahmen verbunden."
    assert complaints(office.send(BOOKS, chart="SKR03")) == {"chart": words}


def test_the_vat_method_is_chosen_with_its_first_day(office: Office) -> None:
    assert "Mit der Rechnung, Soll (§ 16 UStG)" in office.client.get(BOOKS).text
    assert office.send(BOOKS, vat_method="ist").status_code == 303
    assert (office.settings.vat_method, office.settings.vat_method_from) == ("ist", None)
    assert office.send(BOOKS, vat_method="soll").status_code == 303
    with begin(office.database, office.caller) as work:
        lines = (
            Line("1600", Money(11900), Money(0)),
            Line("4400", Money(0), Money(11900), "UST19"),
        )
        ledger.book(work, booking=Booking(date(2026, 3, 2), "Verkauf", lines))
    for day, words in [
        ("", "Ab welchem Tag soll das gelten? Nennen Sie den ersten Tag eines Geschäftsjahres."),
        ("2027-02-30", "Diesen Tag gibt es nicht."),
        ("2027-02-01", "Die Art der Besteuerung beginnt mit dem ersten Tag eines Geschäftsjahres."),
        ("2026-01-01", "Von diesem Tag an ist schon Umsatz gebucht: Wählen Sie ein späteres"
                       " Geschäftsjahr."),
    ]:  # fmt: skip
        answer = office.send(BOOKS, vat_method="ist", vat_method_from=day)
        assert complaints(answer) == {"vat_method_from": words}
        assert office.settings.vat_method == "soll"
    both = {"vat_method": "both", "vat_method_from": "2027-01-01"}
    assert complaints(office.send(BOOKS, **both)) == {"vat_method": "Wählen Sie eines von beiden."}
    answer = office.send(BOOKS, vat_method="ist", vat_method_from="2027-01-01")
    assert answer.status_code == 303
    assert office.settings.vat_method_from == date(2027, 1, 1)
    page = office.client.get(BOOKS).text
    assert "800.000 Euro" in page
    assert "<dt>Davor</dt><dd>Mit der Rechnung, Soll (§ 16 UStG)</dd>" in page
    # the other fields do not touch it
    assert office.send(BOOKS, payment_days="7").status_code == 303
    assert office.settings.vat_methods_before == (("soll", None),)


def test_an_admin_may_save(office_of: Callable[[str], Office]) -> None:
    office = office_of("admin")
    assert office.send(COMPANY, line1="Kehrwieder 11").status_code == 303
    assert office.send(BOOKS, payment_days="7").status_code == 303
    assert (office.profile.line1, office.settings.payment_days) == ("Kehrwieder 11", 7)


@pytest.mark.parametrize("role", ["member", "adviser", "adviser_read", "auditor"])
@pytest.mark.parametrize("path", [COMPANY, BOOKS])
def test_everybody_else_reads(office_of: Callable[[str], Office], role: str, path: str) -> None:
    office = office_of(role)
    page = office.client.get(path).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "Das ändern Inhaber und Administratoren" in main
    assert 'type="submit"' not in main
    for control in re.findall(r"<(?:input class|select)[^>]*>", main):
        assert " readonly" in control or " disabled" in control
    before = office.profile, office.settings
    for typed in ({"line1": "Anderswo", "payment_days": "7"}, {"name": "", "payment_days": "x"}):
        assert office.send(path, **typed).status_code == 403
    assert (office.profile, office.settings) == before


@pytest.mark.parametrize("path", [COMPANY, BOOKS])
def test_settings_need_the_token_of_their_form(office: Office, path: str) -> None:
    assert office.send(path, form_token="f" * 64, payment_days="7").status_code == 403
    assert office.settings == TenantSettings()
