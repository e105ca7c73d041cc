"""What the web pages answer, read from the program itself."""

from __future__ import annotations

from typing import Any

from kontorhaus.surfaces.web import routes


def paths(method: str) -> set[str]:
    """The paths of every route of the pages that answers a method."""
    guarded: Any = routes.create_app(None)  # type: ignore[arg-type]
    found = [route for included in guarded._app.routes for route in included.original_router.routes]
    assert len(found) > 40
    return {route.path for route in found if method in (route.methods or ())}
