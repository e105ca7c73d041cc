"""What the pages of products show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kontorhaus.kernel.money import Money
from kontorhaus.products import queries as products
from kontorhaus.products.model import Product
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.language import Language
from kontorhaus.surfaces.web.products import form
from kontorhaus.surfaces.web.views.shell import Pages

ROWS = 50


@dataclass(frozen=True)
class ProductRow:
    """One line of the list."""

    href: str
    title: str
    title2: str
    unit: str
    rate: Decimal | None
    net: Decimal | None
    gross: Money | None


@dataclass(frozen=True)
class ProductList:
    """The page: `first` to `last` of `total` rows; `done` is saved, deleted or empty."""

    rows: tuple[ProductRow, ...]
    first: int
    last: int
    total: int
    pages: Pages
    may_change: bool
    done: str = ""


@dataclass(frozen=True)
class ProductPage:
    """The form of a product, or of a new one, whose `title` is empty."""

    title: str
    action: str
    texts: Mapping[str, str]
    may_change: bool
    complaints: Mapping[str, str] = field(default_factory=dict)

    @property
    def longest(self) -> Mapping[str, int]:
        """How many characters a text may have."""
        return form.LONGEST


def build_list(work: Work, *, page: int, may_change: bool, done: str) -> ProductList:
    """The products, newest first."""
    skip = (page - 1) * ROWS
    found, total = products.products(work, limit=ROWS, skip=skip)
    return ProductList(
        rows=tuple(map(_row, found)),
        first=skip + 1,
        last=skip + len(found),
        total=total,
        pages=Pages(
            f"/products?page={page - 1}" if page > 1 else "",
            f"/products?page={page + 1}" if skip + len(found) < total else "",
        ),
        may_change=may_change,
        done=done,
    )


def build_one(work: Work, *, public_id: str, language: Language, may_change: bool) -> ProductPage:
    """The form of a product; NotFound("product")."""
    product = products.product(work, public_id=public_id)
    return ProductPage(
        product.details.title,
        f"/products/{public_id}",
        form.texts(product.details, language=language),
        may_change,
    )


def _row(product: Product) -> ProductRow:
    details = product.details
    return ProductRow(
        href=f"/products/{product.public_id}",
        title=details.title,
        title2=details.title2 or "",
        unit=details.unit or "",
        rate=details.vat_rate,
        net=details.net_price,
        gross=form.gross(details),
    )
