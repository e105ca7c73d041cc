"""The pages of products: the list, a new one, a change, removal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity import queries as identity
from kontorhaus.products import actions as products
from kontorhaus.products.model import ProductDetails
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.products import form, view
from kontorhaus.surfaces.web.products.view import ProductPage
from kontorhaus.surfaces.web.settings_routes import sent_fields

router = APIRouter(prefix="/products", include_in_schema=False)

_SCOPE = "products:write"

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Sent = Annotated[Mapping[str, str], Depends(sent_fields)]


@router.get("")
def show_products(
    desk: SignedIn, done: str = "", number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1
) -> Response:
    """The products, newest first."""
    may_change = desk.principal.may(_SCOPE)
    return page.framed(
        desk, "products.html",
        lambda work: view.build_list(work, page=number, may_change=may_change, done=done),
    )  # fmt: skip


@router.post("")
def create_product(desk: Submitted, sent: Sent) -> Response:
    """Add a product."""
    desk.principal.require(_SCOPE)
    entered = form.read(sent)
    if entered.wrong:
        return _again(desk, sent, entered.wrong, ProductPage("", "/products", {}, may_change=True))
    with desk.writing(_SCOPE) as work:
        products.create(work, details=entered.details)
    return RedirectResponse("/products?done=saved", 303)


@router.get("/new")
def show_new(desk: SignedIn) -> Response:
    """The form of a new product."""
    may_change = desk.principal.may(_SCOPE)
    return page.framed(desk, "product.html", lambda work: _new(desk, work, may_change))


@router.get("/{public_id}")
def show_product(desk: SignedIn, public_id: str) -> Response:
    """The form of a product."""
    return page.framed(desk, "product.html", lambda work: _one(desk, work, public_id))


@router.post("/{public_id}")
def change_product(desk: Submitted, public_id: str, sent: Sent) -> Response:
    """Change a product; documents keep what they copied."""
    desk.principal.require(_SCOPE)
    entered = form.read(sent)
    if entered.wrong:
        with desk.reading() as work:
            before = _one(desk, work, public_id)
        return _again(desk, sent, entered.wrong, before)
    with desk.writing(_SCOPE) as work:
        products.change(work, public_id=public_id, changed=lambda _: entered.details)
    return RedirectResponse("/products?done=saved", 303)


@router.post("/{public_id}/delete")
def delete_product(desk: Submitted, public_id: str) -> Response:
    """Remove a product; documents keep what they copied."""
    with desk.writing(_SCOPE) as work:
        products.delete(work, public_id=public_id)
    return RedirectResponse("/products?done=deleted", 303)


def _new(desk: Desk, work: Work, may_change: bool) -> ProductPage:
    usual = ProductDetails("", vat_rate=identity.profile(work).vat_default)
    texts = form.texts(usual, language=desk.visit.language)
    return ProductPage("", "/products", texts, may_change)


def _one(desk: Desk, work: Work, public_id: str) -> ProductPage:
    may_change = desk.principal.may(_SCOPE)
    return view.build_one(
        work, public_id=public_id, language=desk.visit.language, may_change=may_change
    )


def _again(
    desk: Desk, sent: Mapping[str, str], wrong: Mapping[str, str], before: ProductPage
) -> Response:
    """The form as it was sent, with a sentence at each wrong field."""
    complaints = form.words(desk.visit.language, wrong)
    shown = replace(before, texts=sent, complaints=complaints)
    return page.framed(desk, "product.html", lambda _: shown, status=422)
