"""All operations of the billing surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.billing.cancellation import routes as cancellation_routes
from kontorhaus.surfaces.billing.chain import routes as chain_routes
from kontorhaus.surfaces.billing.company import routes as company_routes
from kontorhaus.surfaces.billing.contacts import routes as contact_routes
from kontorhaus.surfaces.billing.documents import routes as document_routes
from kontorhaus.surfaces.billing.mails import routes as mail_routes
from kontorhaus.surfaces.billing.portal_access import routes as portal_access_routes
from kontorhaus.surfaces.billing.products import routes as product_routes
from kontorhaus.surfaces.billing.runs import routes as run_routes
from kontorhaus.surfaces.billing.settings import routes as settings_routes
from kontorhaus.surfaces.billing.surface import billing

__all__ = [
    "billing",
    "cancellation_routes",
    "chain_routes",
    "company_routes",
    "contact_routes",
    "document_routes",
    "mail_routes",
    "portal_access_routes",
    "product_routes",
    "run_routes",
    "settings_routes",
]
