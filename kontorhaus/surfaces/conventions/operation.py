"""An operation: its place in the API, and how a request becomes the arguments of its function."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Literal, TypedDict, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import BaseModel, TypeAdapter, ValidationError

from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.conventions import errors, fields, wire_json

Function = Callable[..., Any]
FromText = Callable[[str], Any]

_INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_TRUTHS = {"true": True, "false": False}
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_LONGEST_PART = 500
_MOST_PARAMETERS = 200
_GIVEN = frozenset(
    {"work", "call", "visit", "principal", "body", "query", "form", "upload", "stream"}
)
_UNIX = date(1970, 1, 1)
_DAY_SECONDS = 86_400
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request; its name and type are the sender's words."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)


class Options(TypedDict, total=False):
    """What a decorator of a surface may say of an operation."""

    scope: str | tuple[str, ...] | None
    public: bool
    status: int
    refusals: tuple[int, ...]
    answer: Any
    body_limit: int
    form_too: bool
    elements: Any
    media_type: str | tuple[str, ...]
    tags: tuple[str, ...]
    secret: bool
    statuses: Mapping[str, int]
    etag: bool
    writes: bool
    also: tuple[str, ...]
    hidden: bool
    examples: Mapping[str, object]
    deprecated: date
    sunset: date


@dataclass(frozen=True)
class Operation:
    """One method on one path (relative to its surface) and the function that answers it."""

    method: str
    path: str
    function: Function
    options: Options
    hints: Mapping[str, Any]
    body: _Body | None
    form: _Query | None
    query: _Query | None
    parts: Mapping[str, _Part]

    @property
    def operation_id(self) -> str:
        """The name of the function."""
        return self.function.__name__

    @property
    def status(self) -> int:
        """The status of success."""
        return self.options.get("status", 200)

    @property
    def scopes(self) -> tuple[str, ...]:
        """All that a token must be granted."""
        scope = self.options.get("scope")
        if scope is None:
            return ()
        return (scope,) if isinstance(scope, str) else scope

    @property
    def is_public(self) -> bool:
        """Whether it answers without a token."""
        return self.options.get("public", False)

    @property
    def takes_upload(self) -> bool:
        """Whether the body is multipart/form-data."""
        return "upload" in self.hints

    @property
    def takes_form(self) -> bool:
        """Whether the body is a form, sent as one (urlencoded) or as a JSON object of texts."""
        return self.form is not None and not self.takes_upload

    @property
    def takes_stream(self) -> bool:
        """Whether the body is a long list of `elements`, as a JSON array or one in each line."""
        return "stream" in self.hints

    @property
    def reads_body(self) -> bool:
        """A body on any other operation is ignored."""
        return any((self.body, self.takes_upload, self.takes_form, self.takes_stream))

    def body_value(self, raw: bytes, media_type: str) -> Any:
        """The JSON body, or the form where one is taken too, as the model."""
        assert self.body is not None, "the operation takes a body"
        is_form = media_type.partition(";")[0].strip().lower() == _FORM
        if is_form and self.options.get("form_too", False):
            return self.body.of_form(raw)
        return self.body.value(raw)

    @property
    def writes(self) -> bool:
        """Whether its transaction may write."""
        return self.options.get("writes", self.method in _WRITING)

    @property
    def takes_key(self) -> bool:
        """Whether an Idempotency-Key is heeded."""
        return self.method in _WRITING and not self.options.get("secret", self.is_public)

    @property
    def has_etag(self) -> bool:
        """Whether the answer is one object with a validator."""
        one = self.method == "GET" and self.path.endswith("}")
        return self.options.get("etag", one)

    @cached_property
    def deprecation(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers that announce its end (RFC 9745 and RFC 8594)."""
        headers: list[tuple[bytes, bytes]] = []
        since, until = self.options.get("deprecated"), self.options.get("sunset")
        if since is not None:
            seconds = (since - _UNIX).days * _DAY_SECONDS
            headers.append((b"deprecation", b"@%d" % seconds))
        if until is not None:
            headers.append((b"sunset", f"{until:%a, %d %b %Y} 00:00:00 GMT".encode()))
        return tuple(headers)

    @property
    def is_plain(self) -> bool:
        """Whether the path alone decides the answer of a transaction."""
        return set(self.hints) - {"return"} == {"work", *self.parts}

    def path_arguments(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The parts of the path as values; Invalid names the malformed one."""
        return {name: part.value(name, texts[name]) for name, part in self.parts.items()}


def operation(method: str, path: str, function: Function, options: Options) -> Operation:
    """Read once, from the function's annotations, what each request will be turned into."""
    hints = get_type_hints(function, include_extras=True)
    names = set(inspect.signature(function).parameters)
    parts = {name: _Part(hints[name]) for name in names - _GIVEN}
    in_path = set(re.findall(r"{(\w+)}", path))
    assert set(parts) == in_path, f"{function.__name__}: {set(parts)} is not the path's {in_path}"
    assert {"work", "call", "visit"} & names, f"{function.__name__} takes work, call or visit"
    return Operation(
        method,
        path,
        function,
        options,
        {name: hints[name] for name in names},
        body=_Body(hints["body"]) if "body" in names else None,
        form=_Query(hints["form"]) if "form" in names else None,
        query=_Query(hints["query"]) if "query" in names else None,
        parts=parts,
    )


class _Body:
    """A JSON body; `hint` is a model, or `model | None` where it may be missing."""

    def __init__(self, hint: Any) -> None:
        self.hint = hint
        self.is_optional = NoneType in get_args(hint)
        self.model = next((kind for kind in (hint, *get_args(hint)) if _is_model(kind)), None)
        self._validate = TypeAdapter(hint).validate_python

    def value(self, raw: bytes) -> Any:
        """The parsed and checked body; Invalid("invalid_input") names each field."""
        if not raw.strip():
            if self.is_optional:
                return None
            raise Invalid("invalid_input", "The request needs a JSON body.")
        return self.checked(wire_json.parse(raw))

    def of_form(self, raw: bytes) -> Any:
        """The same of a body that is application/x-www-form-urlencoded."""
        return self.checked({name: wire_json.clean(text) for name, text in _pairs(raw)})

    def checked(self, value: Any) -> Any:
        """The value in the shape of the model."""
        try:
            return self._validate(value)
        except ValidationError as error:
            raise errors.malformed(error) from error


class _Query:
    """The known parameters of a query string."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model
        self._converters = {
            found.alias or name: _from_text(found.annotation)
            for name, found in model.model_fields.items()
        }

    def value(self, raw: bytes) -> Any:
        """The parameters as a model; unknown ones are ignored, of two the last counts."""
        for sign in getattr(self.model, "also_ampersand", ()):
            raw = raw.replace(sign, b"&")
        return self.taken(dict(_pairs(raw)))

    def sent(self, media_type: str, raw: bytes) -> Any:
        """A body as a model: urlencoded, or a JSON object of texts; each name comes once."""
        kind = media_type.partition(";")[0].strip().lower()
        if kind == _JSON:
            found = wire_json.parse(raw) if raw.strip() else {}
            if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
                raise Invalid("invalid_input", "The body is no JSON object of texts.")
            return self.taken(found)
        if kind not in ("", _FORM):
            raise Invalid("invalid_input", f"The body comes as {_FORM} or {_JSON}.")
        pairs = _pairs(raw)
        if len(dict(pairs)) < len(pairs):
            raise Invalid("invalid_input", "A parameter comes more than once.")
        return self.taken(dict(pairs))

    def taken(self, texts: Mapping[str, str]) -> Any:
        """Texts by name as a model; Invalid("invalid_input") names each that does not fit."""
        given = {
            name: self._converters.get(name, str)(wire_json.clean(text))
            for name, text in texts.items()
        }
        try:
            return self.model.model_validate(given)
        except ValidationError as error:
            raise errors.malformed(error) from error


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise Invalid("invalid_input", "There are too many parameters.") from error


class _Part:
    """A parameter in the path."""

    def __init__(self, hint: Any) -> None:
        plain = _plain(hint)
        self.hint = fields.Id if plain is UUID else fields.Day if plain is date else hint
        self._convert = _from_text(plain)
        self._validate = TypeAdapter(self.hint).validate_python

    def value(self, name: str, text: str) -> Any:
        """The value of a part; Invalid names the part."""
        if len(text) > _LONGEST_PART:
            raise Invalid("invalid_input", f"{name} is too long.", field=name)
        try:
            return self._validate(self._convert(wire_json.clean(text)))
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"]
            raise Invalid("invalid_input", f"{name} {reason}", field=name) from error


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _plain(hint: Any) -> Any:
    """The type behind annotations, None-able unions and names of ids."""
    while True:
        if hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif hasattr(hint, "__metadata__"):
            hint = hint.__origin__
        elif get_origin(hint) in (Union, UnionType):
            hint = next(kind for kind in get_args(hint) if kind is not NoneType)
        else:
            return hint


def _from_text(hint: Any) -> FromText:
    """How a text of the URL becomes what a JSON body would hold; what is not one stays text."""
    plain = _plain(hint)
    if plain is int:
        return lambda text: int(text) if _INTEGER.fullmatch(text) else text
    if plain is bool:
        return lambda text: _TRUTHS.get(text, text)
    if get_origin(plain) is Literal and all(isinstance(word, int) for word in get_args(plain)):
        return lambda text: int(text) if _INTEGER.fullmatch(text) else text
    return lambda text: text
