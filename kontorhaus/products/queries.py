"""What is asked about products."""

from __future__ import annotations

from kontorhaus.kernel.errors import NotFound
from kontorhaus.products import store
from kontorhaus.products.model import Product
from kontorhaus.runtime.work import Work


def product(work: Work, *, public_id: str) -> Product:
    """A product; NotFound("product")."""
    found = store.by_public_id(work, public_id=public_id)
    if found is None:
        raise NotFound("product", "There is no such product.")
    return found


def products(work: Work, *, limit: int, skip: int) -> tuple[list[Product], int]:
    """A page of the products, newest first, and how many there are in all."""
    return store.listed(work, limit=limit, skip=skip)
