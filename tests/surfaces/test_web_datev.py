"""The page of the DATEV export over HTTP: what it tells before, and what it loads."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from kontorhaus.identity.model import Founded
from kontorhaus.reports.datev import extf_check
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from tests.actions.test_reports import book
from tests.surfaces import tenants
from tests.surfaces.web_office import Office, sign_in

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    with tenants.furnished(database, tmp_path_factory.mktemp("home")) as resources:
        yield resources


@pytest.fixture
def office(resources: Resources, new_organization: Callable[..., Founded]) -> Office:
    """Somebody with books of March 2026: a sale, and a text that no code page knows."""
    office = sign_in(resources, new_organization(), "owner")
    with begin(office.database, office.caller) as work:
        book(work, "2026-03-02", "D 1800 119.00", "C 4400 119.00 UST19")
        book(work, "2026-03-03", "D 6855 5.00", "C 1800 5.00", text="Gebühr Ayşe <b>")
    return office


def shown(office: Office, **query: str) -> Any:
    return office.client.get("/datev", params=MARCH | query)


def test_the_page_tells_rows_sums_keys_and_notes(office: Office) -> None:
    page = shown(office).text
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)[:3] == [
        ("Zeilen", "2"), ("Summe", "124,00\xa0€"), ("Differenz", "0,00\xa0€"),
    ]  # fmt: skip
    assert "Die Summe der Zeilen ist auf den Cent die des Journals." in page
    assert "1 Text hat Zeichen, die Windows-1252 nicht kennt" in page
    assert "Aus „Gebühr Ayşe &lt;b&gt;“ wurde „Gebühr Ayse &lt;b&gt;“." in page
    assert "EXTF_Buchungsstapel_20260301_20260331.csv" in page
    assert "0 Fehler" in page
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?://", page)


def test_both_files_are_loaded_by_the_links_of_the_page(office: Office) -> None:
    links = re.findall(r'href="(/datev/export[^"]*)"', shown(office).text)
    answers = [office.client.get(link.replace("&amp;", "&")) for link in links]
    assert [answer.headers["content-type"].split(";")[0] for answer in answers] == [
        "text/csv", "application/zip",
    ]  # fmt: skip
    table, archive = answers
    assert extf_check.problems(table.content) == []
    assert table.headers["content-disposition"].startswith(
        'attachment; filename="EXTF_Buchungsstapel_20260301_20260331.csv"'
    )
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.testzip() is None
        assert len(opened.namelist()) == 3


def test_it_begins_with_the_last_month_and_says_when_nothing_was_booked(office: Office) -> None:
    page = office.client.get("/datev").text
    assert f"{date.today().year}" in page
    empty = shown(office, start="2026-01-01", end="2026-01-31").text
    assert "In diesen Tagen ist nichts gebucht" in empty


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"start": "2025-12-31"}, "Beide Tage müssen in einem Wirtschaftsjahr liegen."),
        ({"start": "2026-04-01"}, "Der erste Tag liegt nach dem letzten."),
    ],
)
def test_wrong_days_are_told_at_their_fields(
    office: Office, query: dict[str, str], complaint: str
) -> None:
    answer = shown(office, **query)
    assert complaint in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert "/datev/export" not in answer.text


def test_locked_files_are_told(office: Office) -> None:
    assert "in DATEV offen" in shown(office).text
    assert "in DATEV festgeschrieben" in shown(office, final="yes").text


def test_a_stranger_loads_nothing(office: Office) -> None:
    office.client.cookies.clear()
    for path in ("/datev", "/datev/export"):
        assert office.client.get(path, params=MARCH).status_code == 303
