"""The pages of products over HTTP: added, changed, removed, refused at its field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kontorhaus.products import queries as products
from kontorhaus.products.model import Product
from kontorhaus.runtime.work import begin
from tests.surfaces.web_office import Office, complaints


@pytest.fixture
def office(office_of: Callable[[str], Office]) -> Office:
    return office_of("member")


def found(office: Office) -> list[Product]:
    with begin(office.database, office.caller) as work:
        return products.products(work, limit=100, skip=0)[0]


def add(office: Office, **typed: str) -> Product:
    form = {**office.form("/products/new"), **typed}
    answer = office.client.post("/products", data=form)
    assert answer.headers["location"] == "/products?done=saved", answer.text
    return found(office)[0]


def test_without_products_the_page_says_what_they_are_for(office: Office) -> None:
    page = office.client.get("/products").text
    assert "Hier stehen Ihre Artikel" in page
    assert "0 Artikel." in page
    assert 'href="/products/new"' in page


def test_a_product_is_added_and_listed_with_both_prices(office: Office) -> None:
    product = add(office, title="Managed <b>Server</b>", price="149,00", unit="Monat")
    assert (product.details.net_price, product.details.vat_rate) == (Decimal(149), Decimal(19))
    page = office.client.get("/products?done=saved").text
    assert "Managed &lt;b&gt;Server&lt;/b&gt;" in page
    assert "149,00" in page
    assert "177,31" in page
    assert "1 Artikel." in page
    assert "Gespeichert." in page


def test_a_gross_price_is_kept_as_the_net_price_that_it_comes_back_from(office: Office) -> None:
    product = add(office, title="Atlas", price="39", price_layout="gross", vat_rate="7")
    assert product.details.net_price == Decimal("36.448598")
    assert "39,00" in office.client.get("/products").text


def test_a_form_sent_as_it_stands_changes_nothing(office: Office) -> None:
    product = add(
        office, title="Domain", title2=".de", price="1,2345", vat_rate="5,5", unit="Jahr",
        barcode="4006381333931", notes="Zeile 1\r\n\r\nZeile 2",
    )  # fmt: skip
    assert product.details.notes == "Zeile 1\n\nZeile 2"
    shown = office.form(f"/products/{product.public_id}")
    assert (shown["price"], shown["vat_rate"]) == ("1,2345", "5,5")
    answer = office.send(f"/products/{product.public_id}")
    assert answer.headers["location"] == "/products?done=saved"
    assert found(office)[0].details == product.details


def test_a_product_is_changed_and_cleared(office: Office) -> None:
    product = add(office, title="Domain", price="1,2", unit="Jahr")
    assert office.form(f"/products/{product.public_id}")["price"] == "1,20"
    office.send(f"/products/{product.public_id}", title="Domain .de", price="", unit="")
    details = found(office)[0].details
    assert (details.title, details.net_price, details.unit) == ("Domain .de", None, None)


def test_a_product_is_deleted_once(office: Office) -> None:
    product = add(office, title="Domain")
    path = f"/products/{product.public_id}"
    token = {"form_token": office.form(path)["form_token"]}
    answer = office.client.post(f"{path}/delete", data=token)
    assert answer.headers["location"] == "/products?done=deleted"
    assert found(office) == []
    assert "Gelöscht." in office.client.get("/products?done=deleted").text
    assert office.client.post(f"{path}/delete", data=token).status_code == 404
    assert office.client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": " "}, {"title": "Ein Artikel hat eine Bezeichnung."}),
        ({"title": "x" * 501}, {"title": "Das ist zu lang."}),
        ({"title": "A\x07B"}, {"title": "Das enthält ein Zeichen, das sich nicht drucken lässt."}),
        ({"price": "-1"},
         {"price": "Hier steht ein Preis mit höchstens sechs Nachkommastellen, etwa 24,90."}),
        ({"price": "1,2345678"},
         {"price": "Hier steht ein Preis mit höchstens sechs Nachkommastellen, etwa 24,90."}),
        ({"vat_rate": "101"},
         {"vat_rate": "Hier steht ein Satz in Prozent, etwa 19 oder 5,5."}),
        ({"price": "10", "price_layout": "gross", "vat_rate": ""},
         {"vat_rate": "Ein Bruttopreis braucht den Steuersatz, der darin steckt."}),
        ({"unit": "x" * 21}, {"unit": "Das ist zu lang."}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(
    office: Office, typed: dict[str, str], words: dict[str, str]
) -> None:
    product = add(office, title="Domain", price="1,20")
    for path in ("/products/new", f"/products/{product.public_id}"):
        form = {**office.form(path), "title": "Domain", **typed}
        answer = office.client.post(path.removesuffix("/new"), data=form)
        assert complaints(answer) == words
    assert [one.details for one in found(office)] == [product.details]


def test_who_may_only_read_sees_no_button_and_changes_nothing(
    office_of: Callable[[str], Office],
) -> None:
    reader = office_of("auditor")
    assert "/products/new" not in reader.client.get("/products").text
    form = {**reader.form("/products/new"), "title": "Domain"}
    assert reader.client.post("/products", data=form).status_code == 403
    assert found(reader) == []


def test_a_product_of_somebody_else_is_none(office_of: Callable[[str], Office]) -> None:
    mine, other = office_of("owner"), office_of("owner")
    path = f"/products/{add(mine, title='Domain').public_id}"
    token = {"form_token": other.form("/products/new")["form_token"], "title": "Mein"}
    assert other.client.get(path).status_code == 404
    assert other.client.post(path, data=token).status_code == 404
    assert other.client.post(f"{path}/delete", data=token).status_code == 404
    assert found(mine)[0].details.title == "Domain"
