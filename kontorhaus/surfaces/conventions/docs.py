"""The documentation page of a surface: a list of its operations, and Swagger UI to try them.

Everything comes from this server; without the browser library the list alone is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib import resources

from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.openapi import summary
from kontorhaus.surfaces.conventions.operation import Operation

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
_FILES = {
    "docs.js": "text/javascript; charset=utf-8",
    "docs.css": "text/css; charset=utf-8",
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/vendor/swagger-ui.css">
<link rel="stylesheet" href="docs.css">
<main>
<div id="swagger" hidden></div>
<div id="list">
<h1>{title}</h1>
<p>{description}</p>
<p><a href="openapi.json">OpenAPI 3.1 document</a></p>
<table>
<thead><tr><th>Operation</th><th>Purpose</th><th>Scope</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
<script src="/static/vendor/swagger-ui-bundle.js"></script>
<script src="docs.js"></script>
</html>
"""


def page(*, title: str, description: str, base: str, operations: Iterable[Operation]) -> Reply:
    """The page itself."""
    rows = "\n".join(
        _row(base, found) for found in operations if not found.options.get("hidden", False)
    )
    content = _PAGE.format(title=escape(title), description=escape(description), rows=rows)
    return Reply(200, content.encode(), "text/html; charset=utf-8", _HEADERS)


def file(name: str) -> Reply:
    """A file of the page: docs.js or docs.css."""
    content = resources.files(__package__).joinpath(name).read_bytes()
    return Reply(200, content, _FILES[name], {"Cache-Control": "public, max-age=3600"})


def _row(base: str, found: Operation) -> str:
    scope = "public" if found.is_public else ", ".join(found.scopes) or "any token"
    return (
        f"<tr><td><b>{found.method}</b> <code>{escape(base + found.path)}</code></td>"
        f"<td>{escape(summary(found)[0])}</td><td>{escape(scope)}</td></tr>"
    )
