"""The type check of the contracts sees each difference, and reads every type they name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts import check_contracts
from tests.contracts.field_types import WORDS, TypeChecker, read

NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
CONTRACT: dict[str, Any] = {
    "objects": {"Party": {"name": "str", "kind": "a|b", "note": "str|null"}},
}


def faults(spec: dict[str, Any], body: Any = None, answer: Any = None) -> list[str]:
    """What the check says about one operation with these two schemas."""
    document = {"paths": {"/x": {"post": operation(body, answer)}}}
    api = check_contracts.OpenApi(document, "/x")
    return list(TypeChecker(CONTRACT, api).check(api.operations[("POST", "/x")], spec))


def operation(body: Any, answer: Any) -> dict[str, Any]:
    """An operation of an OpenAPI document."""
    content = {"application/json": {"schema": {"properties": {"f": answer}}}}
    taken = {"application/json": {"schema": body or {}}}
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    return {
        "parameters": [query],
        "requestBody": {"content": taken},
        "responses": {"200": {"content": content}},
    }


ANSWERS = [
    ("money", {"type": "number"}, []),
    ("money", {"type": "integer"}, []),
    ("money", {"type": "string"}, ["response.f: string instead of number"]),
    ("money", {}, ["response.f: any type instead of number"]),
    ("uuid", {"type": "string", "format": "uuid"}, []),
    ("uuid", {"type": "string"}, ["response.f: format none instead of uuid"]),
    ("date|null", {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}, []),
    ("str", NULLABLE, ["response.f: may be null"]),
    ("str|null", {"type": "string"}, []),
    ("a|b (words decided)", {"enum": ["a", "b", "c"]}, []),
    ("a|b", {"enum": ["a"]}, ["response.f: words not declared: b"]),
    ("ok", {"const": "ok"}, []),
    ("a|b", {"type": "string"}, ["response.f: words not declared: a, b"]),
    ("13|14", {"type": "integer", "minimum": 13}, []),
    ("[str]", {"type": "array", "items": {"type": "string"}}, []),
    ("[str]", {"type": "array", "items": {"type": "integer"}}, ["integer instead of string"]),
    ("Party", {"properties": {"name": {"type": "integer"}}}, ["integer instead of string"]),
    ("[Party]", {"items": {"properties": {"kind": {"enum": ["a"]}}}}, ["not declared: b"]),
]


@pytest.mark.parametrize(("wanted", "schema", "expected"), ANSWERS)
def test_an_answer_has_the_type_of_the_contract(
    wanted: str, schema: dict[str, Any], expected: list[str]
) -> None:
    found = faults({"response": {"f": wanted}, "status": [200]}, answer=schema)
    assert len(found) == len(expected)
    assert all(text in one for text, one in zip(expected, found, strict=True))


BODIES = [
    ({"f!": "str"}, {"properties": {"f": {"type": "string"}}, "required": ["f"]}, []),
    ({"f!": "str"}, {"properties": {"f": {"type": "string"}}}, ["body.f: not required"]),
    ({"f": "str"}, {"properties": {"f": {"type": "string"}}, "required": ["f"]}, ["required"]),
    ({"f": "str|null"}, {"properties": {"f": {"type": "string"}}}, ["null is refused"]),
    ({"f": "str"}, {"properties": {"f": NULLABLE}}, []),
    (
        {"f": "money"},
        {"properties": {"f": {"anyOf": [{"type": "number"}, {"type": "string"}]}}},
        ["number|string instead of number"],
    ),
]


@pytest.mark.parametrize(("wanted", "schema", "expected"), BODIES)
def test_a_body_takes_what_the_contract_lets_a_client_send(
    wanted: dict[str, str], schema: dict[str, Any], expected: list[str]
) -> None:
    found = faults({"body": wanted}, body=schema)
    assert len(found) == len(expected)
    assert all(text in one for text, one in zip(expected, found, strict=True))


def test_a_query_parameter_has_its_type_and_is_due_only_where_the_contract_says_so() -> None:
    assert faults({"query": {"q": "str"}}) == []
    assert faults({"query": {"q!": "int"}}) == [
        "query.q: not required",
        "query.q: string instead of integer",
    ]


def texts(node: Any) -> list[str]:
    """Every type text below a node of a contract."""
    if isinstance(node, dict):
        return [text for child in node.values() for text in texts(child)]
    return [] if isinstance(node, list) else [str(node)]


def test_no_type_text_of_a_contract_is_taken_for_an_enum_by_mistake() -> None:
    known = {word for word in WORDS if word not in ("ISO", "3")}
    for contract in check_contracts.load_contracts():
        objects = contract.get("objects") or {}
        specs = [spec for _, _, spec in check_contracts.operations(contract)]
        nodes = [
            objects,
            *(spec.get(key) for spec in specs for key in ("query", "body", "response")),
        ]
        for text in (text for node in nodes if node for text in texts(node)):
            wanted = read(text, objects)
            assert not wanted.words & (known | set(objects)) or len(wanted.words) > 1, text
