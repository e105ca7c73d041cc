"""Statements that would harm who reads them: refused at once, nothing has changed (S-10)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.e2e.calls import reason
from tests.e2e.camt import Payment, statement
from tests.e2e.serving import NORDLICHT, Tenant


def lol(levels: int) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><x>&l{levels - 1};</x>'


def camt(text: str) -> str:
    """A real statement with something done to it."""
    day = Payment(date(2026, 3, 10), Decimal("1.00"), "Hansen", "DE89370400440532013000", "x")
    return statement(NORDLICHT.iban, Decimal(0), [day]).decode().replace("<Document", text, 1)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.xml", b" " * 10_000_000)
    return file.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a doctype": lambda: camt("<!DOCTYPE Document><Document").encode(),
    "a file entity": lambda: camt(
        '<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]><Document'
    ).encode(),
    "an http entity": lambda: camt(
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><Document'
    ).encode(),
    "a parameter entity": lambda: camt(
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><Document'
    ).encode(),
    "billion laughs": lambda: lol(10).encode(),
    "quadratic": lambda: (
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><x>{"&a;" * 50_000}</x>'
    ).encode(),
    "a doctype in UTF-16": lambda: (
        camt("<!DOCTYPE Document><Document")
        .replace('encoding="UTF-8"', 'encoding="UTF-16"')
        .encode("utf-16")
    ),
    "200,000 levels": lambda: b"<a>" * 200_000,
    "a cut file": lambda: camt("<Document").encode()[:-200],
    "the wrong encoding": lambda: camt("<Document").encode().replace(b"Hansen", b"H\xff\xfeansen"),
    "an unknown encoding": lambda: camt("<Document").replace("UTF-8", "X-NONE").encode(),
    "nothing": lambda: b"",
    "no XML": lambda: b"\x00\x01\x02" * 1000,
    "another XML": lambda: b"<html><body>no statement</body></html>",
    "a zip": zipped,
    "a PDF": lambda: b"%PDF-1.7\n" + b"x" * 1000,
    "NaN as amount": lambda: camt("<Document").replace(">1.00<", ">NaN<").encode(),
    "a comma in the amount": lambda: camt("<Document").replace(">1.00<", ">1,00<").encode(),
    "no day": lambda: camt("<Document").replace("2026-03-10</Dt>", "2026-02-30</Dt>").encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_statement_is_refused(
    company: Tenant, bank: str, untouched: None, name: str
) -> None:
    content = HOSTILE[name]()
    files = {"file": ("x.xml", content, "application/xml")}
    answer = company.books.post(bank, files=files, timeout=20)
    assert reason(answer, 400)
    assert "root:" not in answer.text


def test_a_statement_of_30_mb_is_too_large(company: Tenant, bank: str, untouched: None) -> None:
    content = camt("<Document").encode().replace(b"</Document>", b" " * 30_000_000)
    answer = company.books.post(bank, files={"file": ("x.xml", content, "application/xml")})
    assert reason(answer, 413)


def test_an_upload_needs_its_file(company: Tenant, bank: str, untouched: None) -> None:
    other = company.books.post(bank, files={"other": ("x.xml", b"<x/>", "application/xml")})
    assert "file" in reason(other, 400)
    assert reason(company.books.post(bank, json={}), 400)
    broken = company.books.post(
        bank, content=b"--x\r\nnothing", headers={"Content-Type": "multipart/form-data"}
    )
    assert reason(broken, 400)
