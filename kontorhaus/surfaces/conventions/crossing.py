"""Where the methods of one path part: each goes to its own answer, all others are refused (405)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kontorhaus.surfaces.conventions import exchange

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Crossing:
    """The methods of one path; HEAD goes the way of GET."""

    def __init__(self, ways: Mapping[str, ASGIApp]) -> None:
        self._ways = dict(ways)
        self.methods = listed(self._ways)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to what answers its method."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        exchange.of(scope).methods = self.methods
        if method not in self._ways:
            raise HTTPException(405, headers={"Allow": self.methods})
        await self._ways[method](scope, receive, send)


def listed(verbs: Collection[str]) -> str:
    """The methods of a path as the Allow header has them."""
    shown = [verb for verb in _VERBS if verb in verbs]
    if "GET" in verbs:
        shown.insert(1, "HEAD")
    return ", ".join([*shown, "OPTIONS"])


def methods_at(routes: Collection[Route], path: str) -> str:
    """The methods that a path answers; "" if there is nothing."""
    scope: Scope = {"type": "http", "method": "OPTIONS", "path": path, "root_path": ""}
    for route in routes:
        if route.matches(scope)[0] == Match.FULL and isinstance(route.endpoint, Crossing):
            return route.endpoint.methods
    return ""
