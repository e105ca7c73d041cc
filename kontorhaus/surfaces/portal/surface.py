"""The portal surface itself; the route module hangs its operations on it."""

from __future__ import annotations

from kontorhaus.surfaces.conventions.surface import Surface
from kontorhaus.surfaces.portal import errors
from kontorhaus.surfaces.portal.language import accepted

portal = Surface(
    name="portal",
    base="/portal",
    title="Kontorhaus portal",
    shape=errors.SHAPE,
    json_limit=64 * 1024,
    language=accepted,
)
