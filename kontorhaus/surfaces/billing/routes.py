"""All operations of the billing surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.billing import company_routes, contact_routes, document_routes
from kontorhaus.surfaces.billing.surface import billing

__all__ = ["billing", "company_routes", "contact_routes", "document_routes"]
