"""Stylesheets, scripts and pictures of the pages, and the browser libraries npm installed."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_OWN = Path(__file__).parent / "static"
_NODE_MODULES = Path(__file__).parents[3] / "node_modules"

# Name under /static/vendor/ and its file below node_modules.
_VENDOR: Mapping[str, str] = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
}


@dataclass(frozen=True)
class Asset:
    """A file as it goes out."""

    content: bytes
    media_type: str


@cache
def own_files() -> Mapping[str, Asset]:
    """The files of static/ by name."""
    return {path.name: _asset(path) for path in sorted(_OWN.iterdir()) if path.is_file()}


@cache
def version() -> str:
    """Changes with any own file; part of their address, so that they may be kept for ever."""
    digest = hashlib.sha256()
    for name, asset in own_files().items():
        digest.update(name.encode() + b"\0" + asset.content)
    return digest.hexdigest()[:12]


@cache
def vendor_file(name: str) -> Asset | None:
    """A browser library; None when it is unknown, or npm has not installed it yet."""
    path = _NODE_MODULES / _VENDOR[name] if name in _VENDOR else None
    return _asset(path) if path is not None and path.is_file() else None


def _asset(path: Path) -> Asset:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(path.read_bytes(), kind)
