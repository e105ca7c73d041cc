"""Exact JSON: what comes in as it was written, what is refused, what goes out."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.surfaces.conventions import fields, wire_json
from kontorhaus.surfaces.conventions.errors import malformed


class Line(fields.In):
    """A line of a body."""

    account: Annotated[str, fields.text(1, 8)]
    debit: fields.Money
    rate: fields.Percent | None = None
    price: fields.Price | None = None
    day: fields.Day | None = None
    id: fields.Id | None = None
    email: fields.Email | None = None
    kind: Literal["net", "tax"] | None = None
    count: Annotated[int, fields.whole(1, 20)] = 1
    is_final: bool = False


class Body(fields.In):
    """A body."""

    lines: list[Line] = Field(default_factory=list)
    code: str = ""


class Camel(fields.CamelIn):
    """A body of a camelCase surface."""

    invoice_date: fields.Day


class Loose(fields.LaxIn):
    """A body whose unknown fields are ignored."""

    name: str


class Shown(fields.CamelOut):
    """An answer."""

    total_amount: fields.Money
    as_text: fields.MoneyString | None = None


def reasons(raw: str | bytes) -> dict[str, object]:
    """Why a body cannot be taken, by field."""
    content = raw.encode() if isinstance(raw, str) else raw
    try:
        Body.model_validate(wire_json.parse(content))
    except ValidationError as error:
        return malformed(error).details
    except Invalid as refusal:
        return {"": refusal.message, **refusal.details}
    return {}


def line(**values: str) -> str:
    """A body with one line whose values are JSON texts."""
    texts = {"account": '"1200"', "debit": "1.00", **values}
    inside = ", ".join(f'"{name}": {text}' for name, text in texts.items())
    return f'{{"lines": [{{{inside}}}]}}'


# --- numbers


@pytest.mark.parametrize("text", ["0.1", "119.00", "1e2", "-0.000001", "12345678901234567890.12"])
def test_a_number_is_the_decimal_that_was_written(text: str) -> None:
    assert wire_json.parse(text.encode()) == Decimal(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
    )
)
def test_a_number_survives_the_way_in_and_out(number: Decimal) -> None:
    assert wire_json.parse(wire_json.encode(number)) == number


BAD_NUMBERS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "1e-400",
    "0.005",
    "1e16",
    "10000000000000000",
    '"1.50"',
    '"1,50"',
    "1_000",
    "１２.５",
    "١٢",
    "true",
    "null",
    "[]",
    "{}",
    "01",
    "+1",
    ".5",
    "1.",
    "0x10",
    "9" * 50,
    "1" + "0" * 5000,
]


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert reasons(line(debit=text)), text


@pytest.mark.parametrize("text", ["-0", "-0.0", "-0e5"])
def test_minus_nothing_is_nothing(text: str) -> None:
    body = Body.model_validate(wire_json.parse(line(debit=text).encode()))
    assert wire_json.encode(body.lines[0].debit) == b"0.00"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("rate", "100.01"),
        ("rate", "-1"),
        ("rate", "19.123"),
        ("price", "0.1234567"),
        ("price", '"1"'),
        ("price", "1234567890123456789012345678901.1234567"),
        ("rate", "0.123456789012345678901234567890123456"),
        ("count", "0"),
        ("count", "21"),
        ("count", "true"),
        ("count", '"1"'),
        ("is_final", "1"),
        ("is_final", '"true"'),
        ("kind", '"gross"'),
        ("kind", "1"),
    ],
)
def test_a_value_outside_its_type_is_refused_by_name(field: str, text: str) -> None:
    assert list(reasons(line(**{field: text}))) == [f"lines.0.{field}"]


# --- days, ids, texts


BAD_DAYS = [
    "2026-02-29",
    "2026-1-1",
    "20260101",
    "0000-01-01",
    "99999-01-01",
    "2026-13-01",
    "2026-01-01T00:00:00Z",
    "2026-W01-1",
    "1899-12-31",
    "2200-01-01",
    "２０２６-01-01",
    "",
]


@pytest.mark.parametrize("text", BAD_DAYS)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert list(reasons(line(day=f'"{text}"'))) == ["lines.0.day"]


def test_a_leap_day_is_a_day() -> None:
    assert reasons(line(day='"2028-02-29"')) == {}


BAD_IDS = [
    "",
    "x",
    "01a1f96d892d763ebe188a24be776b32",
    "{01a1f96d-892d-763e-be18-8a24be776b32}",
    "urn:uuid:01a1f96d-892d-763e-be18-8a24be776b32",
]


@pytest.mark.parametrize("text", BAD_IDS)
def test_an_id_has_one_form(text: str) -> None:
    assert list(reasons(line(id=f'"{text}"'))) == ["lines.0.id"]


@pytest.mark.parametrize("text", ['"a@b"', '"a@b.de\\nBcc: x@y.de"', '"a b@c.de"', "1"])
def test_an_address_is_one_address(text: str) -> None:
    assert list(reasons(line(email=text))) == ["lines.0.email"]


@pytest.mark.parametrize("text", ['""', '"   "', '"123456789"', "1", '"a\\u0007b"'])
def test_a_text_has_its_length_and_no_control_characters(text: str) -> None:
    assert list(reasons(line(account=text))) == ["lines.0.account"]


def test_texts_come_out_in_one_normal_form() -> None:
    decomposed = unicodedata.normalize("NFD", "Müller")
    assert wire_json.parse(json.dumps({decomposed: [decomposed]}).encode()) == {
        "Müller": ["Müller"]
    }


@pytest.mark.parametrize("text", ["🧾", "𝔄", "\u200b", "\u202e"])
def test_every_other_character_is_kept(text: str) -> None:
    raw = json.dumps({"code": text}, ensure_ascii=False).encode()
    assert wire_json.encode(wire_json.parse(raw)) == raw.replace(b": ", b":")


BAD_TEXTS = [
    b'{"code": "\\u0000"}',
    b'{"code": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"code": "\x00"}',
    b'{"code": "\xff"}',
    b'{"code": "\xed\xa0\x80"}',
    b'{"code": "a\nb"}',
    b"\xef\xbb\xbf{}",
]


@pytest.mark.parametrize("raw", BAD_TEXTS)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    assert reasons(raw)


# --- structure


def test_a_key_stands_once() -> None:
    assert reasons('{"code": "a", "code": "b"}')["field"] == "code"
    assert reasons('{"lines": [{"account": "1", "account": "2"}]}')["field"] == "account"


def test_an_unknown_field_is_refused_by_name() -> None:
    assert reasons('{"code": "a", "tenant_id": 1}') == {"tenant_id": "is not known here"}
    assert reasons(line(state='"paid"')) == {"lines.0.state": "is not known here"}


def test_a_field_named_like_our_own_words_is_no_trouble() -> None:
    assert list(reasons('{"code": 1, "message": 2}')) == ["code", "message"]


def test_a_lax_body_ignores_unknown_fields() -> None:
    assert Loose.model_validate({"name": "x", "more": 1}) == Loose(name="x")


def test_a_camel_body_has_camel_names_only() -> None:
    assert Camel.model_validate({"invoiceDate": "2026-03-01"}).invoice_date == date(2026, 3, 1)
    with pytest.raises(ValidationError):
        Camel.model_validate({"invoice_date": "2026-03-01"})


@pytest.mark.parametrize("raw", ["", "{", "[1,]", "{'a': 1}", "{} {}", "nul", "//", '"a'])
def test_what_is_no_json_is_refused(raw: str) -> None:
    assert reasons(raw)


@pytest.mark.parametrize(("depth", "is_refused"), [(64, False), (65, True), (200_000, True)])
def test_nesting_has_a_limit(depth: int, is_refused: bool) -> None:
    raw = b"[" * depth + b"]" * depth
    if is_refused:
        with pytest.raises(Invalid):
            wire_json.parse(raw)
    else:
        wire_json.parse(raw)


def test_brackets_inside_texts_are_no_nesting() -> None:
    text = "[" * 500 + '\\" {' * 100
    assert wire_json.parse(json.dumps([text]).encode()) == [text]


@pytest.mark.parametrize(
    "raw",
    [
        b'"' + b'\\"' * 200_000 + b"[" * 80,
        b'"' * 200_001 + b"[" * 80,
        b'"' + b"\\" * 400_001 + b"[" * 80,
    ],
)
def test_an_unfinished_text_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(Invalid):
        wire_json.parse(raw)


@pytest.mark.parametrize(("count", "is_refused"), [(10_000, False), (10_001, True)])
def test_the_number_of_keys_has_a_limit(count: int, is_refused: bool) -> None:
    raw = json.dumps({str(number): 1 for number in range(count)}).encode()
    if is_refused:
        with pytest.raises(Invalid):
            wire_json.parse(raw)
    else:
        assert len(wire_json.parse(raw)) == count


# --- out


WRITTEN: list[tuple[Any, str]] = [
    (Money(119000), "1190.00"),
    (Money(-5), "-0.05"),
    (Money(0), "0.00"),
    (Money(119, "JPY"), "119"),
    (Money(1234, "TND"), "1.234"),
    (Decimal("1E+2"), "100"),
    (Decimal("0.000001"), "0.000001"),
    (Decimal("-0.0"), "0.0"),
    (12, "12"),
    (True, "true"),
    (None, "null"),
    ('ä"\n', '"ä\\"\\n"'),
    (date(2026, 3, 17), '"2026-03-17"'),
    (
        datetime(2026, 3, 17, 10, 30, tzinfo=timezone(timedelta(hours=1))),
        '"2026-03-17T09:30:00.000Z"',
    ),
    (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    (Period("2026-P13"), '"2026-P13"'),
    ({"a": [1, ("x",)], "b": {}}, '{"a":[1,["x"]],"b":{}}'),
    (Shown(total_amount=Money(100), as_text=Money(100)), '{"totalAmount":1.00,"asText":"1.00"}'),
    (Shown(total_amount=Money(100, "JPY")), '{"totalAmount":100,"asText":null}'),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_values_are_written_exactly(value: Any, text: str) -> None:
    assert wire_json.encode(value).decode() == text


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**30), 10**30)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner
            )
        ),
        max_leaves=20,
    )
)
def test_what_is_written_can_be_read_by_everybody(value: Any) -> None:
    assert json.loads(wire_json.encode(value)) == value


def test_an_instant_is_written_in_utc() -> None:
    assert wire_json.encode(datetime(2026, 1, 1, tzinfo=UTC)) == b'"2026-01-01T00:00:00.000Z"'
