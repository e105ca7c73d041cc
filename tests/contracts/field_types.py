"""What a contract says of a field's type, held against the schema that a surface publishes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.contracts.check_contracts import MAX_DEPTH, OpenApi, Schema, has_json_answer

# The contracts' words for types -> JSON type and, where it is checked, format.
WORDS = {
    "str": ("string", None),
    "uuid": ("string", "uuid"),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
    "int": ("integer", None),
    "unix": ("integer", None),
    "bool": ("boolean", None),
    "object": ("object", None),
    "multipart/form-data": ("string", None),
} | {
    **dict.fromkeys(
        ("money", "price", "percent", "fraction", "number", "decimal"), ("number", None)
    ),
    **dict.fromkeys(("email", "hex", "jwt", "url", "id", "period", "digits"), ("string", None)),
    **dict.fromkeys(("money_string", "alpha-3", "non-empty", "comma"), ("string", None)),
    **dict.fromkeys(("ISO", "3", "YYYY-MM"), ("string", None)),  # "ISO 4217", "3 letters"
}


@dataclass(frozen=True)
class FieldType:
    """A field's type: a JSON type, the words of an enum, or an object of the contract."""

    kind: str | None = None
    form: str | None = None
    words: frozenset[str] = frozenset()
    object_name: str | None = None
    is_list: bool = False
    is_nullable: bool = False


def read(text: str, objects: Mapping[str, Any]) -> FieldType:
    """The type that a contract's text begins with; what follows it is for people."""
    listed = re.match(r"\[(.*?)\]", text)
    if listed:
        rest = text[listed.end() :]
        element = read(listed[1], objects)
        return replace(element, is_list=True, is_nullable=rest.startswith("|null"))
    if text.startswith("^"):
        return FieldType(kind="string")
    head = re.split(r"[ ,:;(]", text)[0]
    words = head.split("|")
    names = frozenset(words) - {"null"}
    is_nullable = "null" in words
    if names == {"true", "false"}:
        return FieldType(kind="boolean", is_nullable=is_nullable)
    if len(names) > 1:
        return FieldType(words=names, is_nullable=is_nullable)
    (name,) = names
    if name in objects:
        return FieldType(object_name=name, is_nullable=is_nullable)
    if name in WORDS:
        kind, form = WORDS[name]
        return FieldType(kind=kind, form=form, is_nullable=is_nullable)
    return FieldType(words=names, is_nullable=is_nullable)


class TypeChecker:
    """Yields one sentence per field whose published type differs from the contract's."""

    def __init__(self, contract: Schema, api: OpenApi) -> None:
        self.api = api
        self.objects: Mapping[str, Any] = contract.get("objects") or {}

    def check(self, operation: Schema, spec: Schema) -> Iterator[str]:
        """All differences of one operation."""
        if isinstance(spec.get("query"), dict):
            yield from self._query(operation, spec["query"])
        if spec.get("body"):
            schemas = self.api.content_schemas(operation.get("requestBody", {}))
            for fault in self._compare(spec["body"], schemas, "", is_input=True):
                yield f"body{fault}"
        if has_json_answer(spec):
            schemas = self.api.answer_schemas(operation, spec)
            for fault in self._compare(spec["response"], schemas, "", is_input=False):
                yield f"response{fault}"

    def _query(self, operation: Schema, expected: Mapping[str, str]) -> Iterator[str]:
        declared = self.api.query(operation)
        for key, text in expected.items():
            parameter = declared.get(key.rstrip("!"))
            if parameter is not None:
                place = f"query.{key.rstrip('!')}"
                yield from _presence(place, key.endswith("!"), bool(parameter.get("required")))
                schemas = [parameter.get("schema", {})]
                yield from self._compare(text, schemas, place, is_input=True)

    def _compare(
        self, expected: Any, schemas: list[Any], place: str, *, is_input: bool, depth: int = 0
    ) -> Iterator[str]:
        if depth > MAX_DEPTH:
            return
        if isinstance(expected, dict):
            yield from self._fields(expected, schemas, place, is_input=is_input, depth=depth)
            return
        wanted = read(str(expected), self.objects)
        if wanted.words == {"…"}:
            return
        yield from self._nullable(wanted, schemas, place, is_input=is_input)
        if wanted.is_list:
            schemas, place = self.api.items(schemas), f"{place}[]"
        if wanted.object_name:
            inner = self.objects[wanted.object_name]
            yield from self._compare(inner, schemas, place, is_input=is_input, depth=depth + 1)
        elif wanted.words:
            yield from self._words(wanted, schemas, place)
        else:
            yield from self._kind(wanted, schemas, place, is_input=is_input)

    def _fields(
        self, expected: Schema, schemas: list[Any], place: str, *, is_input: bool, depth: int
    ) -> Iterator[str]:
        declared = self.api.properties(schemas)
        required = {name for one in self._variants(schemas) for name in one.get("required") or ()}
        for key, text in expected.items():
            name = key.rstrip("!")
            if name in declared:
                inner = f"{place}.{name}"
                if is_input:
                    yield from _presence(inner, key.endswith("!"), name in required)
                yield from self._compare(
                    text, declared[name], inner, is_input=is_input, depth=depth + 1
                )

    def _nullable(
        self, wanted: FieldType, schemas: list[Any], place: str, *, is_input: bool
    ) -> Iterator[str]:
        """An input must take null where the contract does; an answer must not be null elsewhere."""
        accepts = "null" in self._types(schemas)
        if is_input and wanted.is_nullable and not accepts:
            yield f"{place}: null is refused"
        if not is_input and accepts and not wanted.is_nullable:
            yield f"{place}: may be null"

    def _words(self, wanted: FieldType, schemas: list[Any], place: str) -> Iterator[str]:
        declared = set()
        for one in self._variants(schemas):
            declared |= {str(word) for word in one.get("enum") or ()}
            declared |= {str(one["const"])} if "const" in one else set()
        is_bounded = "integer" in self._types(schemas) and all(map(str.isdigit, wanted.words))
        if wanted.words - declared and not is_bounded:
            lacking = ", ".join(sorted(wanted.words - declared))
            yield f"{place}: words not declared: {lacking}"

    def _kind(
        self, wanted: FieldType, schemas: list[Any], place: str, *, is_input: bool
    ) -> Iterator[str]:
        declared = self._types(schemas) - {"null"}
        if wanted.kind == "number" and not is_input:
            declared = {"number" if kind == "integer" else kind for kind in declared}
        if declared != {wanted.kind}:
            yield f"{place}: {'|'.join(sorted(declared)) or 'any type'} instead of {wanted.kind}"
        elif wanted.form:
            forms = {one["format"] for one in self._variants(schemas) if "format" in one}
            if forms != {wanted.form}:
                yield f"{place}: format {'|'.join(forms) or 'none'} instead of {wanted.form}"

    def _types(self, schemas: list[Any]) -> set[str]:
        found: set[str] = set()
        for one in self._variants(schemas):
            kind = one.get("type", [])
            found |= {kind} if isinstance(kind, str) else set(kind)
            found |= {"null"} if None in (one.get("enum") or ()) else set()
        return found

    def _variants(self, schemas: list[Any]) -> Iterator[Schema]:
        for schema in schemas:
            yield from self.api.variants(schema)


def _presence(place: str, is_due: bool, is_required: bool) -> Iterator[str]:
    if is_due != is_required:
        yield f"{place}: {'not ' if is_due else ''}required"
