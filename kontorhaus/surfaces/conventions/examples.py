"""Examples for the documents of the surfaces: a value for every schema, in words of the trade."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_Schema = Mapping[str, Any]

_DEEPEST = 8
_ID = "0199d2b0-7c1e-7a54-9f3e-5a1c0f2b6d47"
# What a text of this name looks like; names are compared without case and underscores.
_TEXTS: Mapping[str, str] = {
    "name": "Hansen & Söhne GmbH",
    "displayname": "Hansen & Söhne GmbH",
    "title": "Hosting S",
    "description": "Miete März 2026",
    "email": "einkauf@hansen.example",
    "recipient": "einkauf@hansen.example",
    "phone": "+49 40 1234567",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "vatid": "DE123456788",
    "currency": "EUR",
    "country": "DE",
    "countrycode": "DE",
    "line1": "Speicherstraße 14",
    "address1": "Speicherstraße 14",
    "line2": "20457 Hamburg",
    "address2": "20457 Hamburg",
    "accountnumber": "6837",
    "openitemaccount": "10001",
    "number": "6837",
    "taxcode": "VST19",
    "code": "VST19",
    "period": "2026-03",
    "month": "2026-03",
    "marginpurchases": "1250.00",
    "invoicenumber": "RE-2026-0042",
    "externalreference": "RE-2026-0042",
    "password": "correct horse battery staple",
    "token": "5c2f0b6e9a7d41c8b3e1f4a6d8092b7c",
    "subject": "Ihre Rechnung",
    "message": "vielen Dank für Ihren Auftrag.",
    "timezone": "Europe/Berlin",
    "reason": "Falsches Konto",
    "unit": "Stück",
}
_FORMATS: Mapping[str, str] = {
    "uuid": _ID,
    "date": "2026-03-02",
    "date-time": "2026-03-02T09:30:00.000Z",
    "email": "einkauf@hansen.example",
    "uri": "https://kontor.example/",
    "binary": "",
}
# What a pattern may ask for instead.
_PLAIN = ("nordlicht", "DEU", "NORDLICHT", "6837", "2026-03")
_AMOUNT = 119


class Examples:
    """Makes examples of schemas whose shared parts are `components`."""

    def __init__(self, components: Mapping[str, Any]) -> None:
        self._components = components

    def of_body(self, schema: _Schema) -> Any:
        """What must be sent, and no more."""
        return self._value(schema, "", is_whole=False, depth=0)

    def of_answer(self, schema: _Schema) -> Any:
        """What comes back, with every field."""
        return self._value(schema, "", is_whole=True, depth=0)

    def of_parameter(self, name: str, schema: _Schema) -> Any:
        """One value for a parameter."""
        return self._value(schema, name, is_whole=False, depth=0)

    def _value(self, schema: _Schema, name: str, *, is_whole: bool, depth: int) -> Any:
        schema = self._resolved(schema)
        given = [*schema.get("examples", ()), *schema.get("enum", ())]
        if given:
            return given[0]
        if "const" in schema or schema.get("default") is not None:
            return schema.get("const", schema.get("default"))
        kinds = schema.get("anyOf") or schema.get("oneOf")
        if kinds:
            return self._value(_first(kinds), name, is_whole=is_whole, depth=depth)
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, is_whole=is_whole, depth=depth)
        if kind == "array":
            return self._array(schema, name, is_whole=is_whole, depth=depth)
        return _scalar(schema, name)

    def _object(self, schema: _Schema, *, is_whole: bool, depth: int) -> Any:
        if depth > _DEEPEST:
            return {}
        wanted = schema.get("properties", {})
        names = wanted if is_whole else schema.get("required", ())
        return {
            name: self._value(wanted[name], name, is_whole=is_whole, depth=depth + 1)
            for name in names
        }

    def _array(self, schema: _Schema, name: str, *, is_whole: bool, depth: int) -> Any:
        if depth > _DEEPEST or "items" not in schema:
            return []
        one = self._value(schema["items"], name, is_whole=is_whole, depth=depth + 1)
        return [one] * max(1, schema.get("minItems", 1))

    def _resolved(self, schema: _Schema) -> _Schema:
        while "$ref" in schema:
            schema = self._components[schema["$ref"].rpartition("/")[2]]
        return schema


def _first(kinds: list[_Schema]) -> _Schema:
    """The first of several kinds that is not null."""
    return next((kind for kind in kinds if kind.get("type") != "null"), kinds[0])


def _scalar(schema: _Schema, name: str) -> Any:
    kind = schema.get("type")
    if kind == "string":
        return _text(schema, name)
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        most = schema.get("maximum", _AMOUNT)
        return max(least, min(_AMOUNT if kind == "number" else 1, most))
    return None


def _text(schema: _Schema, name: str) -> str:
    """A text that its name suggests, as long as the schema wants it."""
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    named = _TEXTS.get(name.replace("_", "").lower(), "Nordlicht")
    pattern = re.compile(schema.get("pattern", ""))
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(named))
    fitting = (
        text for text in (named, *_PLAIN) if least <= len(text) <= most and pattern.search(text)
    )
    return next(fitting, named.ljust(least, "x")[: max(most, least)])
