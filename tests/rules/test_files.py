"""What may be stored, under which name, and how long it is kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.files import rules
from kontorhaus.kernel.errors import Invalid

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
CII = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice xmlns:rsm='
    b'"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
)
UBL = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
DOCTYPE = UBL.replace(b"<Invoice", b'<!DOCTYPE x [<!ENTITY a "b">]><Invoice')


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "application/pdf"),
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (CII, "application/xml"),
        (b"\xef\xbb\xbf" + UBL, "application/xml"),
        (DOCTYPE, None),
        (b"<html>%PDF-1.7</html>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", None),
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
        (b"MZ", None),
        (b"PDF", None),
    ],
)
def test_the_first_bytes_say_what_a_file_is(content: bytes, found: str | None) -> None:
    assert rules.media_type(content) == found


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"", "application/pdf", "empty_file"),
        (PDF + bytes(rules.MAX_BYTES), "application/pdf", "file_too_large"),
        (b"Hello", "application/pdf", "invalid_file_type"),
        (PNG, "image/jpeg", "mime_mismatch"),
        (PDF, "text/html", "mime_mismatch"),
    ],
)
def test_an_upload_is_refused(content: bytes, declared: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check(content, declared=declared)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (PDF, "application/pdf"),
        (PDF, "Application/PDF; name=x"),
        (JPEG, "image/jpg"),
        (PNG, "application/octet-stream"),
        (PNG, ""),
        (CII, "text/xml; charset=utf-8"),
        (PDF.ljust(rules.MAX_BYTES, b"0"), "application/pdf"),
    ],
)
def test_an_upload_is_taken(content: bytes, declared: str) -> None:
    assert rules.check(content, declared=declared) == rules.media_type(content)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Rechnung 4711.pdf", "Rechnung 4711.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\beleg.pdf", "beleg.pdf"),
        ("/absolute.pdf", "absolute.pdf"),
        ("Gru\u0308ße.pdf", "Grüße.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("console.pdf", "console.pdf"),
        (".htaccess", "htaccess"),
        ("trailing. . ", "trailing"),
        ("", "document.pdf"),
        ("..", "document.pdf"),
        ("\u200b", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("ü" * 300 + ".pdf", "ü" * 125 + ".pdf"),
    ],
)
def test_a_name_is_kept_so_that_no_system_stumbles_over_it(given_name: str, kept: str) -> None:
    assert rules.safe_name(given_name, rules.PDF) == kept


@given(st.text(max_size=400))
def test_every_name_becomes_one_part_of_a_path(text: str) -> None:
    name = rules.safe_name(text.encode(errors="ignore").decode(), rules.PDF)
    assert name.isprintable()
    assert 0 < len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*')
    assert rules.safe_name(name, rules.PDF) == name


@pytest.mark.parametrize(
    ("document", "day", "last"),
    [
        ("voucher", date(2025, 1, 1), date(2033, 12, 31)),
        ("voucher", date(2025, 12, 31), date(2033, 12, 31)),
        ("book", date(2025, 6, 30), date(2035, 12, 31)),
        ("letter", date(2025, 6, 30), date(2031, 12, 31)),
    ],
)
def test_the_years_of_retention_begin_with_the_end_of_the_year(
    document: str, day: date, last: date
) -> None:
    assert rules.retention_until(document, day) == last
