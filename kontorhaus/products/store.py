"""The table of products."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kontorhaus.kernel.ids import ProductId
from kontorhaus.products.model import Product, ProductDetails
from kontorhaus.runtime.work import Work

_COLUMNS = (
    "id, public_id, title, title2, net_price, vat_rate, unit, barcode, notes, type, created_at,"
    " updated_at"
)


def insert(work: Work, *, product: Product) -> None:
    """A new row."""
    work.connection.execute(
        f"insert into product (tenant_id, {_COLUMNS}) values (%(tenant)s, %(id)s, %(public_id)s,"
        " %(title)s, %(title2)s, %(net_price)s, %(vat_rate)s, %(unit)s, %(barcode)s, %(notes)s,"
        " %(type)s, %(created_at)s, %(updated_at)s)",
        _values(work, product),
    )


def update(work: Work, *, product: Product) -> None:
    """The row as it is now."""
    work.connection.execute(
        "update product set title = %(title)s, title2 = %(title2)s, net_price = %(net_price)s,"
        " vat_rate = %(vat_rate)s, unit = %(unit)s, barcode = %(barcode)s, notes = %(notes)s,"
        " type = %(type)s, updated_at = %(updated_at)s"
        " where tenant_id = %(tenant)s and id = %(id)s",
        _values(work, product),
    )


def delete(work: Work, *, product: Product) -> None:
    """Remove the row; documents hold copies."""
    work.connection.execute(
        "delete from product where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": product.id},
    )


def by_public_id(work: Work, *, public_id: str, lock: bool = False) -> Product | None:
    """A product as a user names it; with `lock`, held until the transaction ends."""
    row = work.connection.execute(
        f"select {_COLUMNS} from product where tenant_id = %(tenant)s"
        f" and public_id = %(public_id)s{' for update' if lock else ''}",
        {"tenant": work.tenant_id, "public_id": public_id},
    ).fetchone()
    return _product(row) if row else None


def listed(work: Work, *, limit: int, skip: int) -> tuple[list[Product], int]:
    """A page of the products, newest first, and how many there are."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from product where tenant_id = %(tenant)s"
        " order by created_at desc, id desc limit %(limit)s offset %(skip)s",
        {"tenant": work.tenant_id, "limit": limit, "skip": skip},
    ).fetchall()
    counted = work.connection.execute(
        "select count(id) from product where tenant_id = %(tenant)s", {"tenant": work.tenant_id}
    ).fetchone()
    return [_product(row) for row in rows], counted[0] if counted else 0


def _values(work: Work, product: Product) -> dict[str, Any]:
    return {
        "tenant": work.tenant_id,
        "id": product.id,
        "public_id": product.public_id,
        **asdict(product.details),
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


def _product(row: tuple[Any, ...]) -> Product:
    return Product(ProductId(row[0]), row[1], ProductDetails(*row[2:10]), row[10], row[11])
