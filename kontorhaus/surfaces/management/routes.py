"""All operations of the management surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.management.addresses import routes as address_routes
from kontorhaus.surfaces.management.keys import routes as key_routes
from kontorhaus.surfaces.management.login import routes as login_routes
from kontorhaus.surfaces.management.organizations import routes as organization_routes
from kontorhaus.surfaces.management.surface import management
from kontorhaus.surfaces.management.users import routes as user_routes

__all__ = [
    "address_routes",
    "key_routes",
    "login_routes",
    "management",
    "organization_routes",
    "user_routes",
]
