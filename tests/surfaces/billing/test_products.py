"""Products over HTTP: fields, prices, pages, and who may."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.surfaces.billing.billing_api import Api, invoice

FULL = {
    "title": "Hosting S",
    "title2": "ein Kern, 2 GiB",
    "netPrice": 49.901234,
    "vatRate": 19,
    "unit": "Monat",
    "barcode": "4006381333931",
    "notes": "läuft aus",
    "type": "Hosting",
}


def product(api: Api, **more: Any) -> Any:
    return api.ok("POST", "/products", {"title": "Buch", **more}, 201)


def test_a_product_goes_through_its_life(api: Api) -> None:
    made = product(api, **FULL)
    assert len(made["id"]) == 10
    assert made == FULL | {
        "id": made["id"],
        "netPrice": Decimal("49.901234"),
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    path = f"/products/{made['id']}"
    assert api.ok("GET", path) == made
    changed = api.ok("PATCH", path, {"title": "Hosting M", "barcode": None, "notes": ""})
    assert changed == made | {
        "title": "Hosting M",
        "barcode": None,
        "notes": None,
        "updatedAt": changed["updatedAt"],
    }
    assert changed["updatedAt"] > made["updatedAt"]
    assert api("DELETE", path).content == b""
    for method, body in (("GET", None), ("PATCH", {"title": "X"}), ("DELETE", None)):
        assert api(method, path, body).status_code == 404


def test_a_product_says_no_more_than_its_title(api: Api) -> None:
    made = product(api)
    unsaid = ("title2", "netPrice", "vatRate", "unit", "barcode", "notes", "type")
    assert {made[name] for name in unsaid} == {None}
    assert "grossPrice" not in made


def test_products_are_listed_newest_first_and_in_pages(api: Api) -> None:
    made = [product(api, title=f"Buch {number}")["id"] for number in range(3)]
    page = api.ok("GET", "/products?limit=2")
    assert [row["id"] for row in page["results"]] == [made[2], made[1]]
    assert set(page["results"][0]) == {
        *("id", "title", "title2", "netPrice", "vatRate", "unit", "type", "createdAt")
    }
    counts = {name: page[name] for name in ("total", "limit", "skip", "hasMore")}
    assert counts == {"total": 3, "limit": 2, "skip": 0, "hasMore": True}
    rest = api.ok("GET", "/products?limit=2&skip=2")
    assert ([row["id"] for row in rest["results"]], rest["hasMore"]) == ([made[0]], False)
    for query in ("limit=0", "limit=101", "limit=x", "skip=-1"):
        assert api("GET", f"/products?{query}").status_code == 400, query


@pytest.mark.parametrize(("gross", "net"), [(119, "100"), (49.90, "41.932773"), (0, "0")])
def test_a_gross_price_is_kept_as_its_net_price(api: Api, gross: float, net: str) -> None:
    made = product(api, grossPrice=gross, vatRate=19)
    assert made["netPrice"] == Decimal(net)


def test_a_gross_price_alone_takes_the_rate_that_is_there(api: Api) -> None:
    path = f"/products/{product(api, vatRate=7)['id']}"
    assert api.ok("PATCH", path, {"grossPrice": 10.70})["netPrice"] == 10
    assert api.ok("PATCH", path, {"grossPrice": 11.90, "vatRate": 19})["netPrice"] == 10
    kept = api.ok("PATCH", path, {"vatRate": 7})
    assert (kept["netPrice"], kept["vatRate"]) == (10, 7)
    assert api.ok("PATCH", path, {"netPrice": None})["netPrice"] is None
    refused = api("PATCH", path, {"grossPrice": 5, "vatRate": None})
    assert refused.status_code == 400
    assert "grossPrice" in refused.json()["error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"title": None}, "title"),
        ({"title": "A", "netPrice": -1}, "netPrice"),
        ({"title": "A", "netPrice": 0.0000001}, "netPrice"),
        ({"title": "A", "netPrice": "1"}, "netPrice"),
        ({"title": "A", "grossPrice": -1, "vatRate": 19}, "grossPrice"),
        ({"title": "A", "grossPrice": 10}, "grossPrice"),
        ({"title": "A", "netPrice": 1, "grossPrice": 1, "vatRate": 19}, "grossPrice"),
        ({"title": "A", "vatRate": 101}, "vatRate"),
        ({"title": "A", "vatRate": 7.125}, "vatRate"),
        ({"title": "A", "unit": "x" * 21}, "unit"),
        ({"title": "A", "colour": "red"}, "colour"),
    ],
)
def test_a_product_that_cannot_stand_is_400_naming_its_field(
    api: Api, body: dict[str, Any], field: str
) -> None:
    response = api("POST", "/products", body)
    assert response.status_code == 400
    assert field in response.json()["error"]


@pytest.mark.parametrize("field", ["id", "createdAt", "updatedAt", "title"])
def test_what_is_not_the_callers_cannot_be_changed(api: Api, field: str) -> None:
    made = product(api)
    value = None if field == "title" else made[field]
    refused = api("PATCH", f"/products/{made['id']}", {field: value})
    assert refused.status_code == 400
    assert field in refused.json()["error"]
    assert api.ok("GET", f"/products/{made['id']}") == made


def test_a_change_of_nothing_is_refused(api: Api) -> None:
    assert api("PATCH", f"/products/{product(api)['id']}", {}).status_code == 400


def test_a_document_keeps_its_line_when_the_product_goes(api: Api) -> None:
    book = product(api, netPrice=20, vatRate=7)
    line = {"title": "Buch", "productId": book["id"], "netPrice": 20, "vatRate": 7}
    made = invoice(api, lines=[line])
    api.ok("DELETE", f"/products/{book['id']}", status=204)
    path = f"/documents/{made['id']}"
    assert api.ok("GET", path)["lines"] == made["lines"]
    assert made["lines"][0]["productId"] == book["id"]
    # it only says where the line came from, so that the line can be written anew
    assert api.ok("PATCH", path, {"lines": [line]})["lines"] == made["lines"]


def test_reading_and_writing_are_two_rights(tenant: Callable[..., Api]) -> None:
    reader, writer = tenant(scopes=("products:read",)), tenant(scopes=("products:write",))
    made = writer.ok("POST", "/products", {"title": "Buch"}, 201)
    path = f"/products/{made['id']}"
    assert writer("GET", path).status_code == 403
    assert writer("GET", "/products").status_code == 403
    assert reader("GET", "/products").status_code == 200
    assert reader("GET", path).status_code == 404
    for method, place in (("POST", "/products"), ("PATCH", path), ("DELETE", path)):
        response = reader(method, place, {"title": "X"} if method != "DELETE" else None)
        assert response.status_code == 403
        assert set(response.json()) == {"error", "message"}


def test_nobody_reaches_the_products_without_a_token(api: Api) -> None:
    stranger = Api(api._served, "none")
    for method, path in (
        *(("GET", "/products"), ("POST", "/products"), ("GET", "/products/x")),
        *(("PATCH", "/products/x"), ("DELETE", "/products/x")),
    ):
        answer = stranger(method, path, {"title": "X"} if method in ("POST", "PATCH") else None)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    large = b" " * (2 * 1024 * 1024 + 1)
    assert api("POST", "/products", large).status_code == 413
    assert api("PATCH", f"/products/{product(api)['id']}", large).status_code == 413
