"""The documentation page: the operations of some APIs, each to be read, copied and tried.

It is made from their OpenAPI documents, and everything on it comes from this server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kontorhaus.surfaces.conventions import snippets
from kontorhaus.surfaces.conventions.answers import Reply

DESCRIPTION = (
    "Send your token as Authorization: Bearer. Amounts are exact JSON numbers, days YYYY-MM-DD."
)
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
_FILES = {
    "docs.js": "text/javascript; charset=utf-8",
    "docs.css": "text/css; charset=utf-8",
}
_LANGUAGES = (
    ("curl", snippets.curl),
    ("Python", snippets.python),
    ("JavaScript", snippets.javascript),
)
_MOST_ROWS = 16
_OTHER = "more"
_PAGES = Environment(
    loader=PackageLoader("kontorhaus.surfaces.conventions", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of the form."""

    name: str
    place: str
    required: bool
    example: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scopes: str
    statuses: tuple[tuple[str, str], ...]
    parameters: tuple[Parameter, ...]
    media_type: str | None
    is_upload: bool
    body: str
    snippets: tuple[tuple[str, str], ...]

    @property
    def body_rows(self) -> int:
        """Lines of the field for the body."""
        return min(_MOST_ROWS, self.body.count("\n") + 2)


@dataclass(frozen=True, slots=True)
class Tag:
    """Operations that belong together."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.name.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One API."""

    title: str
    base: str
    tags: tuple[Tag, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.base.strip("/").replace("/", "-").replace(".", "")


def page(*, title: str, documents: Sequence[_Json], origin: str) -> Reply:
    """The page of some OpenAPI documents; `origin` is the server as its users reach it."""
    content = _PAGES.get_template("docs.html").render(
        title=title,
        description=DESCRIPTION,
        chapters=[_chapter(document, origin) for document in documents],
    )
    return Reply(200, content.encode(), "text/html; charset=utf-8", _HEADERS)


def file(name: str) -> Reply:
    """A file of the page: docs.js or docs.css."""
    content = resources.files(__package__).joinpath(name).read_bytes()
    return Reply(200, content, _FILES[name], {"Cache-Control": "public, max-age=3600"})


def _chapter(document: _Json, origin: str) -> Chapter:
    base = document["servers"][0]["url"]
    tagged: dict[str, list[Entry]] = {}
    for path, method, operation in operations(document):
        tag = next(iter(operation["tags"]), _OTHER)
        tagged.setdefault(tag, []).append(_entry(base, path, method, operation, origin))
    tags = tuple(Tag(name, tuple(entries)) for name, entries in sorted(tagged.items()))
    return Chapter(document["info"]["title"], base, tags)


def operations(document: _Json) -> Iterator[tuple[str, str, _Json]]:
    """Path, method and description of every operation, in the order of their paths."""
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            yield path, method, operation


def _entry(base: str, path: str, method: str, operation: _Json, origin: str) -> Entry:
    asked = snippets.request(base, path, method, operation)
    scopes = ", ".join(scope for one in operation["security"] for scope in one["bearer"])
    return Entry(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=_flowing(operation.get("description", "")),
        scopes=scopes or ("none: public" if asked.is_public else "any token"),
        statuses=tuple((code, one["description"]) for code, one in operation["responses"].items()),
        parameters=tuple(
            Parameter(one["name"], one["in"], one["required"], str(one.get("example", "")))
            for one in operation["parameters"]
        ),
        media_type=asked.media_type,
        is_upload=asked.is_upload,
        body=asked.body_text if asked.media_type and not asked.is_upload else "",
        snippets=tuple((name, write(origin, asked)) for name, write in _LANGUAGES),
    )


def _flowing(text: str) -> str:
    """Paragraphs whose lines are as long as the page has room."""
    return "\n".join(" ".join(part.split()) for part in text.split("\n\n"))
