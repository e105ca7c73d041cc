"""Adding, changing and removing products; documents keep the lines that they copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import ProductId
from kontorhaus.products import store
from kontorhaus.products.model import Product, ProductDetails
from kontorhaus.runtime import changes
from kontorhaus.runtime.ids import short_id
from kontorhaus.runtime.work import Json, Work


def create(work: Work, *, details: ProductDetails) -> Product:
    """A new product."""
    product = Product(ProductId(work.new_id()), short_id(), details, work.now, work.now)
    store.insert(work, product=product)
    _record(work, "products.created", product, {"title": details.title})
    return product


def change(
    work: Work, *, public_id: str, changed: Callable[[ProductDetails], ProductDetails]
) -> Product:
    """A product after a change of what is said of it; NotFound("product")."""
    before = _lock(work, public_id)
    after = replace(before, details=changed(before.details), updated_at=work.now)
    store.update(work, product=after)
    _record(work, "products.changed", after, changes.between(before.details, after.details))
    return after


def delete(work: Work, *, public_id: str) -> None:
    """Remove a product; the audit trail keeps what it said. NotFound("product")."""
    product = _lock(work, public_id)
    store.delete(work, product=product)
    _record(work, "products.deleted", product, {"snapshot": changes.plain(product.details)})


def _lock(work: Work, public_id: str) -> Product:
    product = store.by_public_id(work, public_id=public_id, lock=True)
    if product is None:
        raise NotFound("product", "There is no such product.")
    return product


def _record(work: Work, action: str, product: Product, details: dict[str, Json]) -> None:
    work.record(
        action,
        subject="product",
        subject_id=product.id,
        details={"public_id": product.public_id, **details},
    )
