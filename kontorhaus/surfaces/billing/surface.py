"""The billing surface itself; the route modules hang their operations on it."""

from __future__ import annotations

from kontorhaus.surfaces.billing import errors
from kontorhaus.surfaces.conventions.surface import Surface

billing = Surface(
    name="billing",
    base="/billing/v1",
    title="Kontorhaus billing",
    shape=errors.SHAPE,
    json_limit=2 * 1024 * 1024,
)
