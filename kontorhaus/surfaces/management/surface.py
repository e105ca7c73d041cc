"""The management surface itself; the route modules hang their operations on it."""

from __future__ import annotations

from kontorhaus.surfaces.conventions.surface import Surface
from kontorhaus.surfaces.management import auth, errors

management = Surface(
    name="management",
    base="/management/api/v0",
    title="Kontorhaus management",
    shape=errors.SHAPE,
    json_limit=1024 * 1024,
    authenticate=auth.by_signed_token,
    https_only=True,
)
