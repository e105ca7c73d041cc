"""JSON in and out without a binary float: numbers stay the decimals that were written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money, minor_digits
from kontorhaus.kernel.period import Period
from kontorhaus.kernel.phrase import Phrase

MAX_DEPTH = 64
MAX_KEYS = 10_000

_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 30
_NOTHING = Decimal(0)
_BRACKETS = re.compile(rb'"(?:[^"\\]+|\\.)*+["\\]?|[\[{]|[\]}]', re.DOTALL)
_BLANKS = " \t\n\r"
_BLANK = re.compile(r"[ \t\n\r]*")
_SEPARATOR = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*")
_UNPAIRED = re.compile("[\ud800-\udfff]")

Writer = Callable[[Any], str]


class AsText:
    """Marks a field of an answer whose amount is written as a JSON string (money_string)."""


def parse(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8; Invalid("invalid_input") says what is wrong with it.

    Integers are int, all other numbers Decimal. Refused are duplicate keys, NaN and Infinity,
    numbers out of any reason, NUL, unpaired surrogates, deep nesting and too many keys. Strings
    come out in Unicode NFC.
    """
    _check_depth(raw)
    try:
        text = raw.decode("utf-8")
        value = _decoded(text)
    except UnicodeDecodeError as error:
        raise _refused("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise _refused(
            Phrase(
                "The body is not JSON: %(reason)s (line %(line)s, column %(column)s).",
                reason=error.msg,
                line=error.lineno,
                column=error.colno,
            )
        ) from error
    if raw.count(b":") > MAX_KEYS and _keys(value) > MAX_KEYS:
        raise _refused(Phrase("The body has more than %(most)s keys.", most=MAX_KEYS))
    # What is normal as a whole is so in its parts; raw control signs were refused above.
    is_normal = unicodedata.is_normalized("NFC", text) and "\\u" not in text
    return value if is_normal else _normalized(value)


def elements(raw: bytes) -> Iterator[Any]:
    """The values of a long body, read one by one: of a JSON array, or one in each line (NDJSON).

    A line that cannot be read comes as its Invalid; an array that cannot ends with it.
    """
    if raw.lstrip()[:1] == b"[":
        yield from _of_array(raw)
        return
    for line in raw.splitlines():
        if line.strip():
            try:
                yield parse(line)
            except Invalid as refusal:
                yield refusal


def count_elements(raw: bytes) -> int:
    """How many values `elements` finds."""
    if raw.lstrip()[:1] == b"[":
        return sum(1 for _ in _of_array(raw))
    return sum(1 for line in raw.splitlines() if line.strip())


def _of_array(raw: bytes) -> Iterator[Any]:
    try:
        text = raw.decode("utf-8")
        place = text.index("[") + 1
        found = _SEPARATOR.match(text, place)
        if found is None or found[1] == ",":
            found = _BLANK.match(text, place)
        while found is not None and found[0].strip(_BLANKS) != "]":
            value, place = _DECODER.raw_decode(text, found.end())
            yield _normalized(value)
            found = _SEPARATOR.match(text, place)
        if found is None or found.end() != len(text):
            raise _refused(f"The array is broken after character {place}.")
    except Invalid as refusal:
        yield refusal
    except (ValueError, RecursionError) as error:
        yield _refused(f"The body is not JSON in UTF-8: {error}.")


def _decoded(text: str) -> Any:
    """The value of a JSON text; a colon follows each key, so as many as keys mean no key twice."""
    value = _SWIFT_DECODER.decode(text)
    return value if text.count(":") == _keys(value) else _DECODER.decode(text)


def clean(text: str) -> str:
    """A text in NFC; Invalid("invalid_input") if it holds NUL or half a surrogate pair."""
    if text.isascii():
        if "\0" in text:
            raise _refused("A text holds NUL.")
        return text
    if "\0" in text or _UNPAIRED.search(text):
        raise _refused("A text holds NUL or an unpaired surrogate.")
    return unicodedata.normalize("NFC", text)


def encode(value: object) -> bytes:
    """The JSON text of an answer; Money and Decimal as numbers, instants in UTC with Z."""
    return _text(value).encode("utf-8")


def _refused(message: str) -> Invalid:
    return Invalid("invalid_input", message)


def _check_depth(raw: bytes) -> None:
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for found in _BRACKETS.finditer(raw):
        sign = found[0]
        if sign in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _refused(
                    Phrase("The body is nested deeper than %(most)s levels.", most=MAX_DEPTH)
                )
        elif sign in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        message = Phrase("The key %(key)r stands twice.", key=twice)
        raise Invalid("invalid_input", message, field=twice)
    return result


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _refused("A number has too many digits.")
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise _refused("A number has too many digits.")
    value = Decimal(text)
    if not value:
        return _NOTHING
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise _refused(Phrase("%(number)s is no number of this world.", number=text))
    return value


def _constant(text: str) -> None:
    raise _refused(Phrase("%(number)s is no JSON number.", number=text))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_decimal, parse_int=_integer, parse_constant=_constant
)


_SWIFT_DECODER = json.JSONDecoder(
    parse_float=_decimal, parse_int=_integer, parse_constant=_constant
)


def _keys(value: Any) -> int:
    """How many keys stand in a value; most of what it holds are plain ones."""
    if isinstance(value, dict):
        inner = [each for each in value.values() if isinstance(each, (dict, list))]
        return len(value) + sum(map(_keys, inner))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def _normalized(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_normalized(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _normalized(item) for key, item in value.items()}
    return value


def _text(value: Any) -> str:
    writer = _WRITERS.get(type(value)) or _writer_of(type(value))
    return writer(value)


def _decimal_text(value: Decimal) -> str:
    assert value.is_finite()
    return format(value if value else abs(value), "f")


def _money_text(value: Money) -> str:
    digits = minor_digits(value.currency)
    if not digits:
        return str(value.minor)
    text = str(abs(value.minor)).rjust(digits + 1, "0")
    return f"{'-' if value.minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def _instant_text(value: datetime) -> str:
    text = value.astimezone(UTC).isoformat(timespec="milliseconds")
    return f'"{text.removesuffix("+00:00")}Z"'


def _list_text(values: list[Any]) -> str:
    return f"[{','.join([_text(value) for value in values])}]"


def _mapping_text(values: Mapping[str, Any]) -> str:
    return f"{{{','.join([f'{encode_basestring(k)}:{_text(v)}' for k, v in values.items()])}}}"


_WRITERS: dict[type, Writer] = {
    str: encode_basestring,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    Decimal: _decimal_text,
    Money: _money_text,
    UUID: lambda value: f'"{value}"',
    date: lambda value: f'"{value.isoformat()}"',
    datetime: _instant_text,
    Period: lambda value: f'"{value.text}"',
    list: _list_text,
    tuple: _list_text,
    frozenset: lambda value: _list_text(sorted(value)),
    dict: _mapping_text,
}


def _writer_of(kind: type) -> Writer:
    """A writer for a wire model or a subclass of a plain type, made once."""
    if issubclass(kind, BaseModel):
        writer = _model_writer(kind)
    else:
        found = next((base for base in kind.__mro__ if base in _WRITERS), None)
        assert found is not None, f"{kind.__name__} is not part of any answer"
        writer = _WRITERS[found]
    _WRITERS[kind] = writer
    return writer


def _model_writer(kind: type[BaseModel]) -> Writer:
    names = []
    for name, field in kind.model_fields.items():
        as_text = _is_as_text(field.metadata) or _is_as_text(get_args(field.annotation))
        shown = field.serialization_alias or name
        names.append((name, f"{encode_basestring(shown)}:", _quoted if as_text else _text))

    def write(value: BaseModel) -> str:
        values = value.__dict__
        return f"{{{','.join([label + writer(values[name]) for name, label, writer in names])}}}"

    return write


def _is_as_text(marks: Iterable[Any]) -> bool:
    """Whether AsText is among the marks, or inside one of the types of a union."""
    return any(
        isinstance(mark, AsText) or _is_as_text(getattr(mark, "__metadata__", ())) for mark in marks
    )


def _quoted(value: Any) -> str:
    return "null" if value is None else f'"{_text(value)}"'
