"""Input that cannot be: a clear no in the words of the surface, and nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.e2e.calls import booking, invoice, ok, reason
from tests.e2e.serving import Tenant


def raw(base: dict[str, Any], path: str, literal: str) -> bytes:
    """A body as JSON text with a literal put where a path such as lines.0.debit leads."""
    copy = json.loads(json.dumps(base))
    *way, last = path.split(".")
    place = copy
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = "@@"
    return json.dumps(copy).replace('"@@"', literal).encode()


def post(http: httpx.Client, path: str, content: bytes) -> httpx.Response:
    return http.post(path, content=content, headers={"Content-Type": "application/json"})


# --- numbers (S-20)

# What JSON does not know: refused before anybody knows which field it is.
NO_JSON = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e400",
    "01",
    "+1",
    ".5",
    "1.",
    "0x10",
    "1_000",
    "1,50",
    "12.5.1",
    "１２.５",
)
# What JSON knows and no amount is: the field is named.
NO_AMOUNT = (
    '"1,50"',
    '"1_000"',
    '"１２.５"',
    '"١٢"',
    '"12"',
    '" 1 "',
    '"NaN"',
    '""',
    "true",
    "false",
    "[]",
    "{}",
    "10000000000000000",
    "1e16",
    "-1e20",
    "0.0000001",
    "1e-7",
)

NUMBERS = {
    "debit": ("books", "/v1/bookings", booking("zahl"), "lines.0.debit", ("0.005", "null")),
    "credit": ("books", "/v1/bookings", booking("zahl"), "lines.1.credit", ("0.001", "null")),
    "price": ("billing", "/documents", invoice("Zahl"), "lines.0.netPrice", ()),
    "quantity": ("billing", "/documents", invoice("Zahl"), "lines.0.quantity", ("null",)),
    "rate": (
        "billing",
        "/documents",
        invoice("Zahl"),
        "lines.0.vatRate",
        ("-1", "100.01", "19.005"),
    ),
    "discount": ("billing", "/documents", invoice("Zahl"), "discountRate", ("-0.01", "101")),
}


def surface(company: Tenant, name: str) -> httpx.Client:
    return company.books if name == "books" else company.billing


@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_that_is_none_is_taken(company: Tenant, untouched: None, name: str) -> None:
    where, path, base, field, more = NUMBERS[name]
    http = surface(company, where)
    for literal in NO_JSON:
        assert reason(post(http, path, raw(base, field, literal)), 400), literal
    for literal in (*NO_AMOUNT, *more):
        said = reason(post(http, path, raw(base, field, literal)), 400)
        assert field in said.replace("[", ".").replace("]", ""), (literal, said)


def test_minus_zero_is_zero(company: Tenant) -> None:
    posted = ok(post(company.books, "/v1/bookings", raw(booking("null"), "lines.0.credit", "-0")))
    entries = ok(company.books.get(f"/v1/journal/{posted['intent_id']}"))["entries"]
    assert all(entry["amount"] > 0 for entry in entries)


AMOUNT_RULES = {
    "unbalanced": {
        "lines": [
            {"account_number": "6837", "debit": 10, "credit": 0},
            {"account_number": "1800", "debit": 0, "credit": 10.01},
        ]
    },
    "both sides": {"lines": [{"account_number": "6837", "debit": 10, "credit": 10}]},
    "nothing": {
        "lines": [
            {"account_number": "6837", "debit": 0, "credit": 0},
            {"account_number": "1800", "debit": 0, "credit": 0},
        ]
    },
    "negative": {
        "lines": [
            {"account_number": "6837", "debit": -10, "credit": 0},
            {"account_number": "1800", "debit": 0, "credit": -10},
        ]
    },
    "no lines": {"lines": []},
    "unknown account": {
        "lines": [
            {"account_number": "9999999", "debit": 1, "credit": 0},
            {"account_number": "1800", "debit": 0, "credit": 1},
        ]
    },
    "unknown tax code": {
        "lines": [
            {"account_number": "6837", "debit": 1, "credit": 0, "tax_code": "VST99"},
            {"account_number": "1800", "debit": 0, "credit": 1},
        ]
    },
}


@pytest.mark.parametrize("name", AMOUNT_RULES)
def test_no_booking_that_does_not_balance_is_taken(
    company: Tenant, untouched: None, name: str
) -> None:
    body = {**booking("falsch"), **AMOUNT_RULES[name]}
    assert reason(company.books.post("/v1/bookings", json=body), 400, 404)


# --- dates (S-21)

NO_DAY = (
    '"2026-02-29"',
    '"2026-1-1"',
    '"20260101"',
    '"0000-00-00"',
    '"0000-01-01"',
    '"99999-01-01"',
    '"2026-13-01"',
    '"2026-00-10"',
    '"2026-03-32"',
    '"2026-W10-1"',
    '"2026-03-02T00:00:00Z"',
    '"2026-03-02 "',
    '" 2026-03-02"',
    '"02.03.2026"',
    '"２０２６-03-02"',
    '"1899-12-31"',
    '"2200-01-01"',
    "20260302",
    "true",
    "[]",
    '"heute"',
)
DATES = {
    "booking": ("books", "/v1/bookings", booking("tag"), "booking_date", ("null", '""')),
    "document": ("billing", "/documents", invoice("Tag"), "date", ()),
    "service": ("billing", "/documents", invoice("Tag"), "serviceDate", ()),
}


@pytest.mark.parametrize("name", DATES)
def test_no_day_that_is_none_is_taken(company: Tenant, untouched: None, name: str) -> None:
    where, path, base, field, more = DATES[name]
    for literal in (*NO_DAY, *more):
        answer = post(surface(company, where), path, raw(base, field, literal))
        assert field in reason(answer, 400), literal


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/journal", "startDate"),
        ("/v1/bank-transactions", "start_date"),
        ("/v1/reports?type=susa", "endDate"),
        ("/v1/reports/datev-export", "startDate"),
    ],
)
def test_no_day_that_is_none_is_searched(company: Tenant, path: str, name: str) -> None:
    for literal in NO_DAY:
        if literal.startswith('"'):
            separator = "&" if "?" in path else "?"
            answer = company.books.get(f"{path}{separator}{name}={quote(json.loads(literal))}")
            assert name in reason(answer, 400), literal


# --- text (S-22)

NO_TEXT = (r'"\u0000"', r'"a\u0000b"', r'"\ud800"', r'"\udfff x"', '"a\x00b"', '"\x07"', '"   "')
TEXTS = {
    "description": ("books", "/v1/bookings", booking("text"), "description"),
    "reference": ("books", "/v1/bookings", booking("text"), "external_reference"),
    "contact": ("billing", "/contacts", {"name": "x"}, "name"),
    "product": ("billing", "/products", {"title": "x"}, "title"),
    "title": ("billing", "/documents", invoice("Text"), "lines.0.title"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_that_is_none_is_taken(company: Tenant, untouched: None, name: str) -> None:
    where, path, base, field = TEXTS[name]
    for literal in NO_TEXT:
        assert reason(post(surface(company, where), path, raw(base, field, literal)), 400), literal
    for literal in ("1", "true", "[]", "{}", '""', f'"{"x" * 10_001}"'):
        said = reason(post(surface(company, where), path, raw(base, field, literal)), 400)
        assert field in said.replace("[", ".").replace("]", ""), literal


def test_bytes_that_are_no_utf_8_are_refused(company: Tenant, untouched: None) -> None:
    for content in (b'{"name":"\xff"}', '{"name":"x"}'.encode("utf-16"), b"\xed\xa0\x80"):
        assert reason(post(company.billing, "/contacts", content), 400)


@pytest.mark.parametrize("form", ["Café Müller", "Cafe\u0301 Mu\u0308ller"])
def test_twins_of_a_text_are_stored_once_and_found_by_both(company: Tenant, form: str) -> None:
    reference = f"nfc-{len(form)}"
    ok(company.books.post("/v1/bookings", json={**booking(reference), "description": form}))
    for search in ("Café Müller", "Cafe\u0301 Mu\u0308ller"):
        found = ok(company.books.get("/v1/journal", params={"search": search}))["entries"]
        mine = [entry for entry in found if entry["external_reference"] == reference]
        assert mine
        assert {entry["description"] for entry in mine} == {"Café Müller"}


def test_signs_beyond_the_basic_plane_come_through_to_the_pdf(company: Tenant) -> None:
    name = "Emoji 🎉 & 𝔘nicode <b>\u200b"
    document = ok(company.billing.post("/documents", json=invoice(name)))
    assert document["client"]["name"] == name
    pdf = company.billing.get(f"/documents/{document['id']}/pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")


# --- limits (S-19)


def nested(depth: int) -> bytes:
    return b'{"name":' + b"[" * depth + b"]" * depth + b"}"


def keys(count: int) -> bytes:
    return json.dumps({"name": "x", "customFields": {str(n): "" for n in range(count)}}).encode()


LIMITS = {
    "a deep body": ("billing", "/contacts", nested(70), 400),
    "a very deep body": ("billing", "/contacts", nested(200_000), 400),
    "an open body": ("billing", "/contacts", b'{"a":' * 100_000, 400),
    "many keys": ("billing", "/contacts", keys(10_001), 400),
    "a key twice": ("billing", "/contacts", b'{"name":"a","name":"b"}', 400),
    "a key twice inside": (
        "books",
        "/v1/bookings",
        json.dumps(booking("x")).replace('"debit"', '"debit": 1, "debit"', 1).encode(),
        400,
    ),
    "a long number": ("books", "/v1/bookings", raw(booking("x"), "lines.0.debit", "9" * 5000), 400),
    "1001 lines": (
        "billing",
        "/documents",
        json.dumps(invoice("x", lines=[{"title": "x", "netPrice": 1}] * 1001)).encode(),
        400,
    ),
    "1001 booking lines": (
        "books",
        "/v1/bookings",
        json.dumps({**booking("x"), "lines": booking("x")["lines"] * 501}).encode(),
        400,
    ),
    "2 MiB on billing": ("billing", "/contacts", b'{"name":"' + b"x" * 2**21 + b'"}', 413),
    "10 MB on books": ("books", "/v1/bookings", b'{"description":"' + b"x" * 10**7 + b'"}', 413),
    "nothing": ("books", "/v1/bookings", b"", 400),
    "no JSON": ("books", "/v1/bookings", b"<xml/>", 400),
    "no object": ("books", "/v1/bookings", b"[1]", 400),
    "null": ("books", "/v1/bookings", b"null", 400),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_body_beyond_the_limits_is_refused(company: Tenant, untouched: None, name: str) -> None:
    where, path, content, status = LIMITS[name]
    assert reason(post(surface(company, where), path, content), status)


def test_a_body_without_a_length_is_cut_at_the_limit(company: Tenant, untouched: None) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield b" " * 65_536

    try:
        answer = company.books.post("/v1/bookings", content=endless())
    except httpx.TransportError:
        return  # the server hung up on us in the middle, which is an answer, too
    assert reason(answer, 413)


def test_long_addresses_and_headers_are_refused(company: Tenant) -> None:
    long_url = company.books.get("/v1/journal", params={"search": "x" * 9_000})
    assert reason(long_url, 414)
    long_header = company.books.get("/v1/journal", headers={"X-Long": "x" * 17_000})
    assert reason(long_header, 431)
    for key in ("", "x" * 256, "ü"):
        answer = company.books.post(
            "/v1/bookings", json=booking("x"), headers={"Idempotency-Key": key.encode()}
        )
        assert reason(answer, 400), key


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "1e3"},
        {"limit": "１０"},
        {"limit": "99999"},
        {"offset": "-1"},
        {"offset": "1.5"},
        {"limit": "' or 1=1 --"},
    ],
)
def test_no_page_that_is_none_is_listed(company: Tenant, parameters: dict[str, str]) -> None:
    assert next(iter(parameters)) in reason(
        company.books.get("/v1/journal", params=parameters), 400
    )


UNKNOWN = ("tenant_id", "state", "hash", "created_by", "is_system", "role", "paid", "id")


@pytest.mark.parametrize("field", UNKNOWN)
def test_a_field_that_is_not_known_is_refused(company: Tenant, untouched: None, field: str) -> None:
    for where, path, base in (
        ("books", "/v1/bookings", booking("x")),
        ("billing", "/contacts", {"name": "x"}),
        ("billing", "/products", {"title": "x"}),
        ("billing", "/documents", invoice("x")),
    ):
        answer = surface(company, where).post(path, json={**base, field: "x"})
        assert field in reason(answer, 400)
