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
from kontorhaus.surfaces.conventions.examples import Examples
from kontorhaus.surfaces.conventions.operation import Operation

_REFERENCE = "#/components/schemas/{model}"
_FORM = "application/x-www-form-urlencoded"
_TOO_LARGE = 413
_Schema = dict[str, Any]
_SHARED_HEADERS: _Schema = {
    "X-Request-Id": {
        "description": "Names this request in the log; made by the server.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "X-Rate-Limit-Limit": {
        "description": "Requests allowed in a minute.",
        "schema": {"type": "integer"},
    },
    "X-Rate-Limit-Remaining": {
        "description": "Requests left in this minute.",
        "schema": {"type": "integer"},
    },
    "X-Rate-Limit-Reset": {
        "description": "Seconds until the next minute.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Policy": {
        "description": "The same as a structured field: quota and window.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "The same as a structured field: what is left, and for how long.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "A strong validator, for If-Match.",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "true if this is the first answer to the Idempotency-Key again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "schema": {"type": "integer"},
    },
}
_ALWAYS = tuple(_SHARED_HEADERS)[:6]
_KEY: _Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key gives the first answer again, with one effect.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
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
            "headers": _SHARED_HEADERS,
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
        self.examples = Examples(self.components)
        self.invalid_status = shape.invalid_status

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
        waits = ("Retry-After",) if status == HTTPStatus.TOO_MANY_REQUESTS else ()
        return {
            "description": HTTPStatus(status).phrase,
            "headers": _headers(waits),
            "content": content,
        }


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
        _parameter(name, "path", True, schemas.of(found.operation_id, name), schemas.examples)
        for name in sorted(found.parts, key=found.path.index)
    ]


def _query_parameters(found: Operation, schemas: _Schemas) -> list[_Schema]:
    if found.query is None:
        return []
    return [
        _parameter(name, "query", is_required, _given(schema), schemas.examples)
        for name, schema, is_required in schemas.fields_of(found.operation_id, "query")
    ]


def _parameter(
    name: str, place: str, is_required: bool, schema: _Schema, examples: Examples
) -> _Schema:
    """A parameter; one that must be there comes with an example."""
    made: _Schema = {"name": name, "in": place, "required": is_required, "schema": schema}
    if is_required:
        made["example"] = examples.of_parameter(name, schema)
    return made


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
        schema = schemas.of(found.operation_id, "form")
        example = found.options.get("examples", {}).get("example")
        either = {"schema": schema, "example": example or schemas.examples.of_body(schema)}
        return {"required": True, "content": {_FORM: either, JSON: either}}
    if found.takes_stream:
        element = schemas.of(found.operation_id, "body")
        example = schemas.examples.of_body(element)
        lines = {"application/x-ndjson": {"schema": element}}
        # Each row stands by itself: one that is not like this is refused in the job's result.
        rows = {"anyOf": [element, {"description": "Refused as a row, not as a request."}]}
        array = {JSON: {"schema": {"type": "array", "items": rows}, "example": [example]}}
        return {"required": True, "content": {**lines, **array}}
    assert found.body is not None
    content: _Schema = {"schema": schemas.of(found.operation_id, "body")}
    given = found.options.get("examples") or {
        "example": schemas.examples.of_body(content["schema"])
    }
    content["examples"] = {name: {"value": value} for name, value in given.items()}
    return {"required": not found.body.is_optional, "content": {JSON: content}}


def _responses(found: Operation, schemas: _Schemas) -> _Schema:
    more = [("ETag", found.has_etag), ("Idempotency-Replayed", found.takes_key)]
    headers = _headers([name for name, is_there in more if is_there])
    success: _Schema = {"description": HTTPStatus(found.status).phrase, "headers": headers}
    answer = found.options.get("answer")
    if answer is Binary:
        kinds = found.options.get("media_type", "application/octet-stream")
        file = {"schema": {"type": "string", "format": "binary"}}
        success["content"] = dict.fromkeys([kinds] if isinstance(kinds, str) else kinds, file)
    elif answer is not None:
        schema = schemas.of(found.operation_id, "answer")
        example = schemas.examples.of_answer(schema)
        success["content"] = {JSON: {"schema": schema, "example": example}}
    responses = {str(found.status): success}
    for status in sorted(_refusals(found, schemas.invalid_status)):
        responses[str(status)] = schemas.refusal(status)
    return responses


def _headers(more: Iterable[str]) -> _Schema:
    """What every answer carries, and some more."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_ALWAYS, *more)}


def _refusals(found: Operation, invalid_status: int) -> set[int]:
    """The documented statuses, and those that the conventions add."""
    statuses = {*found.options.get("refusals", ()), 429}
    if found.parts or found.query is not None or found.reads_body or found.takes_key:
        statuses.add(invalid_status)
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
