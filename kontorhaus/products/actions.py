"""Adding, changing and removing products; documents keep the lines that they copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from decimal import Decimal

from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import ProductId
from kontorhaus.products import store
from kontorhaus.products.model import Product, ProductDetails
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
    old, new = _json(before.details), _json(after.details)
    differing = [name for name in new if old[name] != new[name]]
    _record(
        work,
        "products.changed",
        after,
        {
            "before": {name: old[name] for name in differing},
            "after": {name: new[name] for name in differing},
        },
    )
    return after


def delete(work: Work, *, public_id: str) -> None:
    """Remove a product; the audit trail keeps what it said. NotFound("product")."""
    product = _lock(work, public_id)
    store.delete(work, product=product)
    _record(work, "products.deleted", product, {"snapshot": _json(product.details)})


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


def _json(details: ProductDetails) -> dict[str, Json]:
    return {
        name: format(value, "f") if isinstance(value, Decimal) else value
        for name, value in asdict(details).items()
    }
