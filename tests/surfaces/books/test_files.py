"""Documents over HTTP: uploaded, saved, looked at, booked by, verified."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from kontorhaus.files import actions as filing
from kontorhaus.files import queries as files
from kontorhaus.files import rules
from kontorhaus.kernel.ids import FileId
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from tests.rules.test_files import DOCTYPE, JPEG, PNG, UBL
from tests.surfaces.books.books_api import Api

PDF = b"%PDF-1.7\n%one and the same\n%%EOF\n"


def pdf() -> bytes:
    """A PDF unlike any other."""
    return b"%PDF-1.7\n%" + uuid4().hex.encode() + b"\n%%EOF\n"


def uploaded(api: Api, content: bytes, name: str = "Beleg.pdf", kind: str = "") -> dict[str, Any]:
    response = api.upload("/documents", content, name, kind or "application/octet-stream")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def booking(document_id: object) -> dict[str, object]:
    return {
        "booking_date": "2027-03-02",
        "description": "Miete",
        "lines": [
            {"account_number": "6310", "account_name": "", "debit": 100, "credit": 0},
            {"account_number": "1800", "account_name": "", "debit": 0, "credit": 100},
        ],
        "document_id": document_id,
    }


@pytest.mark.parametrize(
    ("content", "name", "declared", "mime_type"),
    [
        (PDF, "Rechnung.pdf", "application/pdf", "application/pdf"),
        (JPEG, "Foto.JPG", "image/jpeg", "image/jpeg"),
        (PNG, "Bild.png", "image/png", "image/png"),
        (UBL, "xrechnung.xml", "text/xml", "application/xml"),
        (PDF, "ohne Typ", "application/octet-stream", "application/pdf"),
    ],
)
def test_a_document_comes_back_byte_for_byte(
    api: Api, content: bytes, name: str, declared: str, mime_type: str
) -> None:
    made = uploaded(api, content, name, declared)
    assert made == {"id": made["id"], "mime_type": mime_type, "original_name": name}
    saved = api("GET", f"/documents/{made['id']}/file")
    assert saved.content == content
    assert saved.headers["content-type"] == mime_type
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["cache-control"] == "no-store"
    assert saved.headers["content-disposition"].startswith("attachment; filename=")


def test_the_same_content_is_the_same_document_in_its_tenant_only(
    api: Api, tenant: Callable[..., Api]
) -> None:
    content = pdf()
    first = uploaded(api, content, "Eins.pdf")
    assert uploaded(api, content, "Zwei.pdf") == first
    assert uploaded(tenant(), content)["id"] != first["id"]


def test_of_uploads_at_once_one_makes_the_document(api: Api) -> None:
    content = pdf()
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda _: uploaded(api, content)["id"], range(12)))
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"", "application/pdf", "EMPTY_FILE"),
        (b"just a text", "application/pdf", "INVALID_FILE_TYPE"),
        (b"<html><script>alert(1)</script></html>", "text/html", "INVALID_FILE_TYPE"),
        (DOCTYPE, "text/xml", "INVALID_FILE_TYPE"),
        (PNG, "application/pdf", "MIME_MISMATCH"),
        (b"%PDF-".ljust(rules.MAX_BYTES + 1, b"0"), "application/pdf", "FILE_TOO_LARGE"),
        (b"%PDF-".ljust(26_000_000, b"0"), "application/pdf", "FILE_TOO_LARGE"),
    ],
)
def test_what_is_no_document_is_refused(api: Api, content: bytes, declared: str, code: str) -> None:
    response = api.upload("/documents", content, "x.pdf", declared)
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_a_request_without_a_file_or_a_right_is_refused(
    api: Api, tenant: Callable[..., Api]
) -> None:
    assert api.refused("POST", "/documents", {}) == (400, "INVALID_INPUT")
    refused = tenant(scopes=("journal:read",)).upload(
        "/documents", pdf(), "x.pdf", "application/pdf"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert api.with_token("none").refused("GET", f"/documents/{uuid4()}/file") == (
        401,
        "UNAUTHORIZED",
    )


def test_an_upload_that_is_sent_again_gets_the_first_answer(api: Api) -> None:
    content, key = pdf(), {"Idempotency-Key": uuid4().hex}
    first = api.upload("/documents", content, "a.pdf", "application/pdf", headers=key)
    again = api.upload("/documents", content, "a.pdf", "application/pdf", headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_nobody_sees_the_documents_of_another_tenant(api: Api, tenant: Callable[..., Api]) -> None:
    foreign = uploaded(tenant(), pdf())["id"]
    for way in ("file", "preview"):
        assert api.refused("GET", f"/documents/{foreign}/{way}") == (404, "NOT_FOUND")
        assert api.refused("GET", f"/documents/{uuid4()}/{way}") == (404, "NOT_FOUND")
        assert api.refused("GET", f"/documents/4711/{way}") == (400, "INVALID_INPUT")
    assert api.refused("POST", "/bookings", booking(foreign)) == (404, "DOCUMENT_NOT_FOUND")


def test_a_name_is_made_harmless_and_told_in_both_spellings(api: Api) -> None:
    made = uploaded(api, pdf(), "..%2F..\\Quittung für Müller.pdf")
    assert made["original_name"] == "Quittung für Müller.pdf"
    told = api("GET", f"/documents/{made['id']}/file").headers["content-disposition"]
    assert told == (
        'attachment; filename="Quittung f_r M_ller.pdf"; '
        "filename*=UTF-8''Quittung%20f%C3%BCr%20M%C3%BCller.pdf"
    )


def test_a_preview_is_shown_in_place_by_our_pages_and_nothing_in_it_runs(api: Api) -> None:
    content = pdf()
    shown = api("GET", f"/documents/{uploaded(api, content)['id']}/preview")
    assert (shown.content, shown.headers["content-type"]) == (content, "application/pdf")
    assert shown.headers["content-disposition"].startswith("inline; ")
    policy = shown.headers["content-security-policy"].split("; ")
    assert {"frame-ancestors 'self'", "sandbox", "default-src 'none'"} <= set(policy)
    assert shown.headers["x-content-type-options"] == "nosniff"


def test_a_booking_shows_its_document_and_keeps_it_as_long_as_itself(
    api: Api, resources: Resources
) -> None:
    content = pdf()
    made = uploaded(api, content, "Mietvertrag.pdf")
    posted = api.ok("POST", "/bookings", booking(made["id"]))
    seen = api.ok("GET", f"/journal/{posted['intent_id']}")
    assert [line["document_id"] for line in seen["entries"]] == [made["id"]]
    (document,) = seen["metadata"]["documents"]
    assert (document["id"], document["original_name"]) == (made["id"], "Mietvertrag.pdf")
    with begin(resources.database, api.caller, read_only=True) as work:
        stored = files.file(work, file_id=FileId(UUID(made["id"])))
    assert document["sha256"] == stored.sha256
    assert (stored.retention_class, str(stored.retention_until)) == ("voucher", "2035-12-31")


def test_a_retention_is_never_shortened(api: Api, resources: Resources) -> None:
    file_id = FileId(UUID(uploaded(api, pdf())["id"]))
    with begin(resources.database, api.caller) as work:
        for retention_class in ("book", "letter", "voucher"):
            filing.attach(work, file_id=file_id, day=work.today, retention_class=retention_class)
        stored = files.file(work, file_id=file_id)
        last = work.today.year + 10
    assert (stored.retention_class, str(stored.retention_until)) == ("book", f"{last}-12-31")


@pytest.mark.parametrize(
    "statement",
    [
        "delete from file where tenant_id = %(tenant)s",
        "update file set sha256 = repeat('0', 64) where tenant_id = %(tenant)s",
        "update file set original_name = 'anders' where tenant_id = %(tenant)s",
    ],
)
def test_the_program_itself_cannot_change_or_delete_a_document(
    api: Api, resources: Resources, statement: str
) -> None:
    uploaded(api, pdf())
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        begin(resources.database, api.caller) as work,
    ):
        work.connection.execute(statement.encode(), {"tenant": work.tenant_id})


def test_verification_finds_a_document_that_was_changed_or_is_gone(
    api: Api, resources: Resources
) -> None:
    def findings() -> list[str]:
        with begin(resources.database, api.caller, read_only=True) as work:
            return [found.message for found in files.verify(work, blobs=resources.blobs)]

    for name in ("Ganz.pdf", "Anders.pdf", "Weg.pdf"):
        uploaded(api, pdf(), name)
    assert findings() == []
    with begin(resources.database, api.caller, read_only=True) as work:
        rows = work.connection.execute(
            "select original_name, sha256 from file where tenant_id = %(tenant)s",
            {"tenant": work.tenant_id},
        ).fetchall()
    hashes = dict(rows)
    blobs = resources.config.home / "blobs"
    places = {name: blobs / sha256[:2] / sha256[2:4] / sha256 for name, sha256 in hashes.items()}
    places["Anders.pdf"].write_bytes(b"%PDF-1.7 anders")
    places["Weg.pdf"].unlink()
    assert findings() == [
        "The document Anders.pdf was changed.",
        "The document Weg.pdf is missing.",
    ]
