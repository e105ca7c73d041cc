"""The JSON shapes of products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from kontorhaus.kernel.errors import Invalid
from kontorhaus.products import model, rules
from kontorhaus.surfaces.billing.contacts.wire import Long, Page, absent
from kontorhaus.surfaces.conventions import fields

Title = Annotated[str, fields.text(1, 500)]
Unit = Annotated[str, fields.text(0, 20)]
Barcode = Annotated[str, fields.text(0, 100)]
LineType = Annotated[str, fields.text(0, 50)]


class ProductFields(fields.CamelIn):
    """What a product may say besides its title; null clears. `grossPrice` becomes `netPrice`."""

    title2: Long | None = None
    net_price: fields.NonNegativePrice | None = None
    gross_price: fields.NonNegativePrice = absent()
    vat_rate: fields.Percent | None = None
    unit: Unit | None = None
    barcode: Barcode | None = None
    notes: Long | None = None
    type: LineType | None = None


class ProductInput(ProductFields):
    """A new product."""

    title: Title


class ProductChange(ProductFields):
    """A change of a product; what is left out stays."""

    title: Title = absent()


class ProductRow(fields.CamelOut):
    """A product as the list shows it."""

    id: str
    title: str
    title2: str | None
    net_price: fields.Price | None
    vat_rate: fields.Percent | None
    unit: str | None
    type: str | None
    created_at: datetime


class Product(ProductRow):
    """A product with all it says."""

    barcode: str | None
    notes: str | None
    updated_at: datetime


class Products(fields.CamelOut):
    """A page of products."""

    results: list[ProductRow]
    total: int
    limit: int
    skip: int
    has_more: bool


def details(body: ProductInput) -> model.ProductDetails:
    """The product that a body describes."""
    return _with(model.ProductDetails(title=body.title), fields.sent(body))


def change(body: ProductChange) -> Callable[[model.ProductDetails], model.ProductDetails]:
    """What a body makes of the details that were there; Invalid if it names nothing."""
    given = fields.sent(body)
    if not given:
        raise Invalid("no_changes", "Name at least one field to change.", field="")
    return lambda before: _with(before, given)


def _with(before: model.ProductDetails, given: dict[str, Any]) -> model.ProductDetails:
    if given.get("net_price") is not None and "gross_price" in given:
        raise Invalid(
            "price", "netPrice and grossPrice exclude each other: send one.", field="grossPrice"
        )
    values: dict[str, Any] = {name: None if value == "" else value for name, value in given.items()}
    gross_price = values.pop("gross_price", None)
    after = replace(before, **values)
    return after if gross_price is None else rules.with_gross_price(after, gross_price)


def product(found: model.Product) -> Product:
    """A product as this API shows it."""
    said = found.details
    return Product(
        **_common(found), barcode=said.barcode, notes=said.notes, updated_at=found.updated_at
    )


def products(found: tuple[list[model.Product], int], page: Page) -> Products:
    """A page of products as this API lists them."""
    rows, total = found
    return Products(
        results=[ProductRow(**_common(row)) for row in rows],
        total=total,
        limit=page.limit,
        skip=page.skip,
        has_more=page.skip + len(rows) < total,
    )


def _common(found: model.Product) -> dict[str, Any]:
    """What a row and the whole product both show."""
    said = found.details
    return {
        "id": found.public_id,
        "title": said.title,
        "title2": said.title2,
        "net_price": said.net_price,
        "vat_rate": said.vat_rate,
        "unit": said.unit,
        "type": said.type,
        "created_at": found.created_at,
    }
