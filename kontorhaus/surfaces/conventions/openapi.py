"""The OpenAPI 3.1 document of a surface, made from its operations."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from kontorhaus import __version__
from kontorhaus.surfaces.conventions.answers import JSON, Binary
from kontorhaus.surfaces.conventions.errors import ErrorShape
from kontorhaus.surfaces.conventions.operation import Operation

_REFERENCE = "#/components/schemas/{model}"
_FORM = "application/x-www-form-urlencoded"
_TOO_LARGE = 413
_Schema = dict[str, Any]
_HEADERS: _Schema = {
    "X-Request-Id": {"schema": {"type": "string", "format": "uuid"}},
    "X-Rate-Limit-Limit": {"schema": {"type": "integer"}},
    "X-Rate-Limit-Remaining": {"schema": {"type": "integer"}},
    "X-Rate-Limit-Reset": {"schema": {"type": "integer"}},
}
_KEY: _Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key gives the first answer again, with one effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_MATCH: _Schema = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what was read: 412 if it has changed since.",
    "schema": {"type": "string"},
}


def document(
    *, title: str, description: str, base: str, operations: Iterable[Operation], shape: ErrorShape
) -> _Schema:
    """The whole document; operations that are hidden are left out."""
    shown = [found for found in operations if not found.options.get("hidden", False)]
    schemas = _Schemas(shown, shape)
    paths: _Schema = {}
    changeable = {found.path for found in shown if found.method == "GET" and found.is_plain}
    for found in shown:
        entry = _operation(found, schemas)
        if found.path in changeable and found.method in ("PUT", "PATCH", "DELETE"):
            entry["parameters"].append(_MATCH)
            entry["responses"].setdefault("412", schemas.refusal(412))
        paths.setdefault(found.path, {})[found.method.lower()] = entry
        for verb in found.options.get("also", ()):
            again = {
                **entry,
                "operationId": f"{found.operation_id}_{verb.lower()}",
                "deprecated": True,
            }
            paths[found.path][verb.lower()] = again
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": __version__,
            "description": description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "tags": [{"name": name} for name in _tags(shown)],
    }


def summary(found: Operation) -> tuple[str, str]:
    """The first line of a function's docstring, and the rest."""
    first, _, rest = (inspect.getdoc(found.function) or found.operation_id).partition("\n")
    return first.rstrip("."), rest.strip()


class _Schemas:
    """Schemas of all bodies, answers and parameters, with shared parts under components."""

    def __init__(self, operations: list[Operation], shape: ErrorShape) -> None:
        wanted: list[tuple[str, Any, TypeAdapter[Any]]] = [
            ("refusal", "serialization", TypeAdapter(shape.schema))
        ]
        for found in operations:
            name = found.operation_id
            if found.body is not None:
                model = found.body.model or found.body.hint
                wanted.append((f"{name} body", "validation", TypeAdapter(model)))
            if found.takes_stream:
                wanted.append(
                    (f"{name} body", "validation", TypeAdapter(found.options["elements"]))
                )
            for kind, texts in (("query", found.query), ("form", found.form)):
                if texts is not None:
                    wanted.append((f"{name} {kind}", "validation", TypeAdapter(texts.model)))
            for part, hint in found.parts.items():
                wanted.append((f"{name} {part}", "validation", TypeAdapter(hint.hint)))
            answer = found.options.get("answer")
            if answer not in (None, Binary):
                wanted.append((f"{name} answer", "serialization", TypeAdapter(answer)))
        made, shared = TypeAdapter.json_schemas(wanted, ref_template=_REFERENCE)
        self._made = {key: schema for (key, _), schema in made.items()}
        self.components: Mapping[str, Any] = shared.get("$defs", {})

    def of(self, operation_id: str, part: str) -> _Schema:
        """The schema of a part of an operation."""
        return self._made[f"{operation_id} {part}"]

    def fields_of(self, operation_id: str, part: str) -> Iterable[tuple[str, _Schema, bool]]:
        """Name, schema and whether it must be there, of each field of a model."""
        schema = self.of(operation_id, part)
        if "$ref" in schema:
            schema = self.components[schema["$ref"].rpartition("/")[2]]
        required = schema.get("required", ())
        for name, found in schema.get("properties", {}).items():
            yield name, found, name in required

    def refusal(self, status: int) -> _Schema:
        """A response of the surface's error shape."""
        content = {JSON: {"schema": self._made["refusal"]}}
        return {"description": HTTPStatus(status).phrase, "headers": _HEADERS, "content": content}


def _operation(found: Operation, schemas: _Schemas) -> _Schema:
    first, rest = summary(found)
    entry: _Schema = {
        "operationId": found.operation_id,
        "summary": first,
        "tags": list(found.options.get("tags", ())),
        "parameters": [
            *_path_parameters(found, schemas),
            *_query_parameters(found, schemas),
            *([_KEY] if found.takes_key else []),
        ],
        "responses": _responses(found, schemas),
        "security": [] if found.is_public else [{"bearer": list(found.scopes)}],
    }
    if rest:
        entry["description"] = rest
    if found.reads_body:
        entry["requestBody"] = _request_body(found, schemas)
    if found.options.get("deprecated"):
        entry["deprecated"] = True
    return entry


def _path_parameters(found: Operation, schemas: _Schemas) -> list[_Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": schemas.of(found.operation_id, name),
        }
        for name in sorted(found.parts, key=found.path.index)
    ]


def _query_parameters(found: Operation, schemas: _Schemas) -> list[_Schema]:
    if found.query is None:
        return []
    return [
        {"name": name, "in": "query", "required": is_required, "schema": _given(schema)}
        for name, schema, is_required in schemas.fields_of(found.operation_id, "query")
    ]


def _given(schema: _Schema) -> _Schema:
    """A parameter is there or not, but never null."""
    kinds: list[_Schema] = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    if len(kinds) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return rest | kinds[0]


def _request_body(found: Operation, schemas: _Schemas) -> _Schema:
    if found.takes_upload:
        properties: _Schema = {"file": {"type": "string", "format": "binary"}}
        required = ["file"]
        if found.form is not None:
            for name, schema, is_required in schemas.fields_of(found.operation_id, "form"):
                properties[name] = schema
                required += [name] if is_required else []
        schema = {"type": "object", "properties": properties, "required": required}
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if found.takes_form:
        either = {"schema": schemas.of(found.operation_id, "form")}
        return {"required": True, "content": {_FORM: either, JSON: either}}
    if found.takes_stream:
        element = schemas.of(found.operation_id, "body")
        lines = {"application/x-ndjson": {"schema": element}}
        array = {JSON: {"schema": {"type": "array", "items": element}}}
        return {"required": True, "content": {**lines, **array}}
    assert found.body is not None
    content: _Schema = {"schema": schemas.of(found.operation_id, "body")}
    examples = found.options.get("examples")
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"required": not found.body.is_optional, "content": {JSON: content}}


def _responses(found: Operation, schemas: _Schemas) -> _Schema:
    success: _Schema = {"description": HTTPStatus(found.status).phrase, "headers": _HEADERS}
    answer = found.options.get("answer")
    if answer is Binary:
        kind = found.options.get("media_type", "application/octet-stream")
        success["content"] = {kind: {"schema": {"type": "string", "format": "binary"}}}
    elif answer is not None:
        success["content"] = {JSON: {"schema": schemas.of(found.operation_id, "answer")}}
    responses = {str(found.status): success}
    for status in sorted(_refusals(found)):
        responses[str(status)] = schemas.refusal(status)
    return responses


def _refusals(found: Operation) -> set[int]:
    """The documented statuses, and those that the conventions add."""
    statuses = {*found.options.get("refusals", ()), 429}
    if not found.is_public:
        statuses.add(401)
    if found.scopes:
        statuses.add(403)
    if found.reads_body:
        statuses.add(_TOO_LARGE)
    if found.takes_key:
        statuses |= {409, 422}
    return statuses


def _tags(operations: list[Operation]) -> list[str]:
    return list(dict.fromkeys(tag for found in operations for tag in found.options.get("tags", ())))
