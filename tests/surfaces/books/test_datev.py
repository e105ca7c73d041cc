"""The DATEV export over HTTP: enclosed documents, locked files, what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kontorhaus.identity import actions as identity
from kontorhaus.reports.datev import documents, extf, extf_check
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import begin
from tests.rules.test_datev_documents import NAMES, SCHEMA
from tests.surfaces.books.books_api import Api, booking, line
from tests.surfaces.books.invoice_examples import incoming, party, purchase

QUARTER = {"startDate": "2026-01-01", "endDate": "2026-03-31", "format": "zip"}
MARCH = {"startDate": "2026-03-01", "endDate": "2026-03-31"}
FEE = [line("6855", 5), line("1800", 0, 5)]


def pdf() -> bytes:
    """A PDF unlike any other."""
    return b"%PDF-1.7\n%" + uuid7().hex.encode() + b"\n%%EOF\n"


def uploaded(api: Api, content: bytes, name: str) -> str:
    response = api.upload("/documents", content, name, "application/pdf")
    return str(response.json()["id"])


def exported(api: Api, **query: str) -> dict[str, bytes]:
    """The files of an archive by their names."""
    answer = api("GET", "/reports/datev-export", params=QUARTER | query)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    return unpacked(answer.content)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content: bytes) -> list[list[extf.Field]]:
    assert extf_check.problems(content) == []
    return extf.parse(content)[2:]


def test_the_documents_of_the_bookings_lie_in_a_package_under_the_guid_of_their_rows(
    api: Api,
) -> None:
    fee, bill = pdf(), pdf()
    fee_id = uploaded(api, fee, "Gebühr März.pdf")
    bill_id = uploaded(api, bill, "Rechnung 4711.pdf")
    api.ok("POST", "/bookings", booking("2026-01-05", lines=FEE, document_id=fee_id))
    vendor = party(api, "vendor", "Papier Jessen")
    intent = purchase(api, vendor["account_number"], document_id=bill_id)
    body = incoming(vendor["id"], document_id=bill_id, intent_id=intent)
    api.ok("POST", "/invoices", body, status=201)
    files = exported(api)
    assert list(files) == [
        "EXTF_Buchungsstapel_20260101_20260131.csv",
        "EXTF_Buchungsstapel_20260301_20260331.csv",
        "EXTF_Debitoren_Kreditoren_20260331.csv",
        "EXTF_Kontenbeschriftungen_20260331.csv",
        "Belege_20260101_20260331.zip",
    ]
    links = {
        row[extf.LINK - 1].text
        for name, content in files.items()
        if "Buchungsstapel" in name
        for row in rows_of(content)
    }
    assert links == {f'BEDI "{fee_id}"', f'BEDI "{bill_id}"'}
    package = unpacked(files["Belege_20260101_20260331.zip"])
    assert {name: content for name, content in package.items() if name != "document.xml"} == {
        f"Geb_hr_M_rz_{fee_id}.pdf": fee,
        f"Rechnung_4711_{bill_id}.pdf": bill,
    }
    archive = etree.fromstring(package["document.xml"])
    SCHEMA.assertValid(archive)
    listed = archive.findall("d:content/d:document", NAMES)
    assert [(each.get("guid"), each.get("type")) for each in listed] == [
        (fee_id, None), (bill_id, "1"),
    ]  # fmt: skip


def test_an_archive_goes_without_documents_where_nobody_wants_them(api: Api) -> None:
    named = uploaded(api, pdf(), "a.pdf")
    api.ok("POST", "/bookings", booking("2026-01-05", lines=FEE, document_id=named))
    assert not [name for name in exported(api, documents="false") if name.startswith("Belege")]


def test_large_packages_are_split_and_too_much_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2026-01-05", "2026-02-05", "2026-03-05"):
        named = uploaded(api, pdf(), "Beleg.pdf")
        api.ok("POST", "/bookings", booking(day, lines=FEE, document_id=named))
    monkeypatch.setattr(documents, "PACKAGE_BYTES", 2 * len(pdf()))
    packages = {name: file for name, file in exported(api).items() if name.startswith("Belege")}
    assert {name: len(unpacked(content)) for name, content in packages.items()} == {
        "Belege_20260101_20260331.zip": 3,
        "Belege_20260101_20260331_2.zip": 2,
    }
    monkeypatch.setattr(documents, "MOST_BYTES", 2 * len(pdf()))
    answer = api("GET", "/reports/datev-export", params=QUARTER)
    assert (answer.status_code, answer.json()["code"]) == (400, "DOCUMENTS_TOO_LARGE")
    assert answer.json()["details"]["remedy"] == "a shorter range, or documents=false"
    assert exported(api, documents="false")


def test_a_document_whose_bytes_are_gone_is_named(api: Api) -> None:
    content = pdf()
    named = uploaded(api, content, "Beleg.pdf")
    api.ok("POST", "/bookings", booking("2026-01-05", lines=FEE, document_id=named))
    (blob,) = [p for p in Path(api.resources.config.home).rglob("*") if is_file_of(p, content)]
    blob.unlink()
    answer = api("GET", "/reports/datev-export", params=QUARTER)
    assert (answer.status_code, answer.json()["code"]) == (400, "DOCUMENT_MISSING")
    assert answer.json()["details"] == {"document_id": named, "remedy": "documents=false"}
    assert exported(api, documents="false")


def is_file_of(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def marks(content: bytes) -> tuple[str, set[str]]:
    """Field 21 of the header, and what the rows say of being locked."""
    lines = extf.parse(content)
    return lines[0][20].text, {row[extf.IS_FINAL - 1].text for row in rows_of(content)}


def test_files_of_locked_periods_are_locked_and_others_are_not(api: Api) -> None:
    for day in ("2026-02-05", "2026-03-05"):
        api.ok("POST", "/bookings", booking(day, lines=FEE))
    other = second(api)
    asked = api.ok("POST", "/periods/2026-02/lock", status=201)
    other.ok("POST", f"/periods/2026-02/lock/{asked['request_id']}/approve")
    api.ok("POST", "/periods/2026-03/soft-lock")
    february, march = [content for name, content in exported(api).items() if "stapel" in name]
    assert (marks(february), marks(march)) == (("1", {"1"}), ("0", {"0"}))
    for final, mark in (("yes", "1"), ("no", "0")):
        found = exported(api, final=final)
        assert {marks(found[name])[0] for name in found if "stapel" in name} == {mark}
    both = api("GET", "/reports/datev-export", params=QUARTER | {"format": "csv"})
    assert marks(both.content) == ("0", {"0"})


def second(api: Api) -> Api:
    """Another person, who may approve."""
    with begin(api.resources.database, api.caller) as work:
        user_id = identity.create_user(work, email=f"{uuid7().hex}@example.de", role="admin")
        issued = identity.create_api_key(
            work,
            secret=secret.of(api.resources.config.home),
            surface="books",
            name="second",
            scopes=("admin",),
            created_by=user_id,
        )
    return api.with_token(issued.token)


@pytest.mark.parametrize("query", [{"final": "maybe"}, {"documents": "2"}, {"format": "tar"}])
def test_an_unknown_wish_is_refused(api: Api, query: dict[str, Any]) -> None:
    answer = api("GET", "/reports/datev-export", params=MARCH | query)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert set(answer.json()["details"]) == set(query)
