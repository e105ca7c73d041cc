"""Each operation as a call in curl, Python and JavaScript, made from the OpenAPI document."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pprint import pformat
from typing import Any
from urllib.parse import quote, urlencode

from kontorhaus.surfaces.conventions import wire_json

_VARIABLE = "API_TOKEN"
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Request:
    """An operation with examples for all that it must be given; `path` is below the server."""

    method: str
    path: str
    is_public: bool
    takes_key: bool
    media_type: str | None
    body: Any

    @property
    def is_upload(self) -> bool:
        """Whether the body is a file."""
        return self.media_type == _MULTIPART

    @property
    def body_text(self) -> str:
        """The JSON body as people write it."""
        return json.dumps(self.body, ensure_ascii=False, indent=2)


def request(base: str, path: str, method: str, operation: Mapping[str, Any]) -> Request:
    """The example request of an operation of a document."""
    parameters = operation["parameters"]
    given = {one["name"]: str(one["example"]) for one in parameters if one["required"]}
    inside = set(re.findall(r"{(\w+)}", path))
    for name in inside:
        path = path.replace(f"{{{name}}}", quote(given[name], safe=""))
    query = urlencode({name: value for name, value in given.items() if name not in inside})
    media_type, body = _body(operation.get("requestBody", {}).get("content", {}))
    return Request(
        method.upper(),
        base + path + (f"?{query}" if query else ""),
        not operation["security"],
        any(one["name"] == "Idempotency-Key" for one in parameters),
        media_type,
        body,
    )


def curl(origin: str, asked: Request) -> str:
    """The call as a command line; the token stands in an environment variable."""
    parts = ["curl -sS --fail-with-body"]
    if asked.method != "GET":
        parts[0] += f" -X {asked.method}"
    parts.append(shlex.quote(origin + asked.path))
    if not asked.is_public:
        parts.append(f'-H "Authorization: Bearer ${_VARIABLE}"')
    if asked.takes_key and asked.method != "GET":
        parts.append('-H "Idempotency-Key: $(openssl rand -hex 16)"')
    if asked.is_upload:
        parts.append("-F file=@file.pdf")
    elif asked.media_type == _FORM:
        parts += [f"-d {shlex.quote(f'{name}={value}')}" for name, value in asked.body.items()]
    elif asked.media_type:
        parts += [f"-H 'Content-Type: {asked.media_type}'", f"-d {shlex.quote(asked.body_text)}"]
    return " \\\n  ".join(parts)


def python(origin: str, asked: Request) -> str:
    """The call with httpx."""
    headers = []
    if not asked.is_public:
        headers.append(f'"Authorization": f"Bearer {{os.environ[\'{_VARIABLE}\']}}"')
    if asked.takes_key and asked.method != "GET":
        headers.append('"Idempotency-Key": str(uuid.uuid4())')
    lines = [f"    {json.dumps(asked.method)},", f"    {json.dumps(origin + asked.path)},"]
    if headers:
        lines.append(f"    headers={{{', '.join(headers)}}},")
    if asked.is_upload:
        lines.append('    files={"file": open("file.pdf", "rb")},')
    elif asked.media_type:
        word = "data" if asked.media_type == _FORM else "json"
        shown = pformat(asked.body, width=80, sort_dicts=False).replace("\n", "\n    ")
        lines.append(f"    {word}={shown},")
    modules = ["os"] if not asked.is_public else []
    modules += ["uuid"] if len(headers) > 1 or (asked.is_public and headers) else []
    return "\n".join(
        [
            *(f"import {module}" for module in modules),
            *([""] if modules else []),
            "import httpx",
            "",
            "answer = httpx.request(",
            *lines,
            ")",
            "answer.raise_for_status()",
            "print(answer.text)",
        ]
    )


def javascript(origin: str, asked: Request) -> str:
    """The call with fetch, for browsers and Node.js."""
    headers = []
    if not asked.is_public:
        headers.append("Authorization: `Bearer ${token}`")
    if asked.takes_key and asked.method != "GET":
        headers.append('"Idempotency-Key": crypto.randomUUID()')
    body = ""
    if asked.is_upload:
        body = "form"
    elif asked.media_type == _FORM:
        body = f"new URLSearchParams({asked.body_text})"
    elif asked.media_type:
        headers.append(f'"Content-Type": "{asked.media_type}"')
        body = f"JSON.stringify({asked.body_text})"
    lines = [f"  method: {json.dumps(asked.method)},"]
    if headers:
        lines.append(f"  headers: {{ {', '.join(headers)} }},")
    if body:
        lines.append("  body: " + body.replace("\n", "\n  ") + ",")
    before = (
        ["const form = new FormData();", 'form.append("file", file);'] if body == "form" else []
    )
    return "\n".join(
        [
            *before,
            f"const answer = await fetch({json.dumps(origin + asked.path)}, {{",
            *lines,
            "});",
            "if (!answer.ok) throw new Error(await answer.text());",
            "console.log(await answer.text());",
        ]
    )


def _body(content: Mapping[str, Any]) -> tuple[str | None, Any]:
    """How the body is sent, and its example; a form goes before JSON, JSON before anything else."""
    for kind in (_FORM, _JSON, _MULTIPART):
        if kind in content:
            return kind, _example(content[kind])
    return None, None


def _example(media: Mapping[str, Any]) -> Any:
    """The first example, with numbers as languages write them."""
    found = media.get("example")
    if "examples" in media:
        found = next(iter(media["examples"].values()))["value"]
    return json.loads(wire_json.encode(found))
