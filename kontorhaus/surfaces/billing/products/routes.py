"""Products: what documents may copy into their lines."""

from __future__ import annotations

from kontorhaus.products import actions as products
from kontorhaus.products import queries
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.contacts.wire import Page
from kontorhaus.surfaces.billing.products import wire
from kontorhaus.surfaces.billing.surface import billing

_TAGS = ("products",)


@billing.get(
    "/products", scope="products:read", refusals=(400, 401, 403), answer=wire.Products, tags=_TAGS
)
def list_products(work: Work, query: Page) -> wire.Products:
    """List products, newest first."""
    return wire.products(queries.products(work, limit=query.limit, skip=query.skip), query)


@billing.post(
    "/products",
    scope="products:write",
    status=201,
    refusals=(400, 401, 403, 413),
    answer=wire.Product,
    tags=_TAGS,
)
def create_product(work: Work, body: wire.ProductInput) -> wire.Product:
    """Create a product.

    A `grossPrice` needs a `vatRate` and is kept as `netPrice` with six decimals, from which the
    gross price comes back to the cent.
    """
    return wire.product(products.create(work, details=wire.details(body)))


@billing.get(
    "/products/{id}",
    scope="products:read",
    refusals=(401, 403, 404),
    answer=wire.Product,
    tags=_TAGS,
)
def get_product(work: Work, id: str) -> wire.Product:
    """Get a product."""
    return wire.product(queries.product(work, public_id=id))


@billing.patch(
    "/products/{id}",
    scope="products:write",
    refusals=(400, 401, 403, 404, 413),
    answer=wire.Product,
    tags=_TAGS,
)
def change_product(work: Work, id: str, body: wire.ProductChange) -> wire.Product:
    """Change a product; null clears a field, documents keep what they copied.

    A `grossPrice` without `vatRate` is taken at the rate that the product has.
    """
    return wire.product(products.change(work, public_id=id, changed=wire.change(body)))


@billing.delete(
    "/products/{id}", scope="products:write", status=204, refusals=(401, 403, 404), tags=_TAGS
)
def delete_product(work: Work, id: str) -> None:
    """Delete a product; documents keep their lines."""
    products.delete(work, public_id=id)
