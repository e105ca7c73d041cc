"""A customer's list of invoices over HTTP: fields, words, filters, pages, times."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.surfaces.portal.portal_api import DOMAIN, Customer, Shop

NEVER = "0001-01-01T00:00:00.000000Z"


def test_an_invoice_is_told_as_public_clients_read_it(customer: Customer) -> None:
    document = customer.invoice(paymentDays=14)
    (row,) = customer.rows()
    number = row["id"]
    place = f"http://127.0.0.1:8080/portal/client/invoices/{number}"
    item = {
        "id": number * 10_000 + 1,
        "invoiceid": number,
        "type": "Hosting",
        "short_description": "KVM 4 GB",
        "description": "KVM 4 GB\nLaufzeit 03/2026\nRAM: 4 GB",
        "relid": 23633,
        "amount": Decimal("7.95"),
        "taxed": 1,
        "donation": False,
    }
    assert row == {
        "id": number,
        "duedate": "2026-03-15T23:00:00.000000Z",
        "datepaid": NEVER,
        "date": "2026-03-01T23:00:00.000000Z",
        "subtotal": Decimal("6.68"),
        "credit": Decimal("0.00"),
        "tax": Decimal("1.27"),
        "taxrate": Decimal(19),
        "total": Decimal("7.95"),
        "status": "Unpaid",
        "status_label": "Offen",
        "is_open": True,
        "items": [item],
        "donation_invoice": False,
        "resources": {"invoice": place, "download": f"{place}/download"},
    }
    assert customer.one(number) == row
    assert number > 0
    assert document["lines"][0]["relatedId"] == 23633


def test_the_summer_day_of_the_seller_begins_at_22_in_utc(customer: Customer) -> None:
    customer.invoice(date="2026-07-01")
    assert customer.rows()[0]["date"] == "2026-06-30T22:00:00.000000Z"


def test_a_paid_invoice_shows_its_payment_and_an_open_one_none(customer: Customer) -> None:
    document = customer.invoice()
    customer.invoice(date="2026-03-03")
    mark = {"paid": True, "paidDate": "2026-03-10"}
    customer.shop.billing.ok("PATCH", f"/documents/{document['id']}", mark)
    unpaid, paid = customer.rows()
    assert "transaction" not in unpaid
    assert (paid["status"], paid["is_open"]) == ("Paid", False)
    assert paid["datepaid"] == "2026-03-09T23:00:00.000000Z"
    transaction = paid["transaction"]
    assert transaction["id"] > 0
    assert transaction | {"id": 1, "diff_for_humans": ""} == {
        "id": 1,
        "invoiceid": paid["id"],
        "gateway": "manual",
        "diff_for_humans": "",
        "description": f"Zahlung zu {document['number']}",
        "amountin": Decimal("7.95"),
        "amountout": Decimal("0.00"),
        "date": "2026-03-09T23:00:00.000000Z",
    }
    assert transaction["diff_for_humans"].startswith("vor ")
    assert customer.ids(transactions="true") == [paid["id"]]
    assert customer.ids(transactions="1") == [paid["id"]]
    assert len(customer.ids(transactions="false")) == 2


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de; *;q=0.5", "de"),
        ("en", "en"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr, de;q=0.2, en;q=0.3", "en"),
        ("en;q=0", "de"),
        ("fr", "de"),
        ("", "de"),
        (";;,q=,", "de"),
        (None, "de"),
    ],
)
def test_accept_language_decides_the_words(
    customer: Customer, asked: str | None, language: str
) -> None:
    customer.invoice()
    headers = {} if asked is None else {"Accept-Language": asked}
    for path in ("/client/invoices", f"/client/invoices/{customer.ids()[0]}"):
        response = customer.portal("GET", path, headers=headers)
        assert response.headers["content-language"] == language
        data = response.json()["data"]
        shown = data[0] if isinstance(data, list) else data
        assert shown["status_label"] == {"de": "Offen", "en": "Unpaid"}[language]


def test_filters_compare_words_without_case(customer: Customer) -> None:
    customer.invoice()
    customer.invoice(DOMAIN, date="2026-03-03")
    cancelled = customer.invoice(
        [{"title": "Spende", "netPrice": 5, "vatRate": 0, "taxCase": "not-taxable",
          "type": "Donation", "donatorName": "Ada", "donatorText": "Weiter so"}],
        date="2026-03-04",
    )  # fmt: skip
    customer.shop.billing.ok("POST", f"/documents/{cancelled['id']}/cancel", {})
    donation, domain, hosting = customer.ids()
    for query, ids in [
        ({"type": "hosting"}, [hosting]),
        ({"type": "DOMAIN"}, [domain]),
        ({"type": "donation"}, [donation]),
        ({"type": "Upgrade"}, []),
        ({"type": ""}, [donation, domain, hosting]),
        ({"status": "unpaid"}, [domain, hosting]),
        ({"status": "CANCELLED"}, [donation]),
        ({"status": "Paid"}, []),
        ({"status": "Draft"}, []),
        ({"status": "Unpaid", "type": "Hosting"}, [hosting]),
        ({"unknown": "x"}, [donation, domain, hosting]),
    ]:
        assert customer.ids(**query) == ids, query
    shown = customer.one(donation)
    assert (shown["status_label"], shown["donation_invoice"]) == ("Storniert", True)
    (item,) = shown["items"]
    assert (item["donator_name"], item["donator_text"]) == ("Ada", "Weiter so")
    assert (item["taxed"], item["relid"], item["donation"]) == (0, 0, True)


def test_a_line_without_a_type_has_that_of_its_product(customer: Customer) -> None:
    product = customer.shop.billing.ok(
        "POST", "/products", {"title": "Webspace", "netPrice": 5, "type": "PromoHosting"}, 201
    )
    line = {"title": "Webspace", "netPrice": 5, "productId": product["id"]}
    customer.invoice([line, {"title": "Sonstiges", "netPrice": 1}])
    assert [item["type"] for item in customer.rows()[0]["items"]] == ["PromoHosting", "Item"]
    assert len(customer.ids(type="promohosting")) == 1
    assert len(customer.ids(type="item")) == 1


def test_only_a_donation_names_a_donator(customer: Customer) -> None:
    body = {
        "type": "invoice",
        "clientId": customer.contact_id,
        "lines": [{"title": "Webspace", "netPrice": 5, "donatorName": "Ada"}],
    }
    response = customer.shop.billing("POST", "/documents", body)
    assert response.status_code == 400
    assert "donatorName" in response.text


def test_pages_are_newest_first_and_tell_how_many_there_are(customer: Customer) -> None:
    for day in range(1, 18):
        customer.invoice(date=f"2026-03-{day:02}")
    every = customer.ids(per_page=50)
    assert len(every) == 17
    assert every == sorted(every, reverse=True)
    assert customer.ids() == every[:15]
    assert customer.ids(per_page=2) == every[:2]
    assert customer.ids(limit=2, offset=15) == every[15:]
    assert customer.ids(offset=1000) == []
    assert customer.portal.ok("GET", "/client/invoices?limit=1")["total"] == 17
    assert customer.portal.ok("GET", "/client/invoices?type=Domain")["total"] == 0


def test_a_second_question_mark_reads_as_ampersand(customer: Customer) -> None:
    for day in (2, 3, 4):
        customer.invoice(date=f"2026-03-0{day}")
    customer.invoice(DOMAIN)
    for query in ("?type=Hosting?per_page=2", "?type=Hosting%3Fper_page=2"):
        found = customer.portal.ok("GET", f"/client/invoices{query}")
        assert (len(found["data"]), found["total"]) == (2, 3), query


@pytest.mark.parametrize(
    "query",
    ["per_page=0", "per_page=x", "limit=1001", "offset=-1", "status=Foo", "transactions=maybe"],
)
def test_a_bad_value_is_422_in_the_words_of_the_portal(customer: Customer, query: str) -> None:
    response = customer.portal("GET", f"/client/invoices?{query}")
    assert response.status_code == 422
    body = response.json()
    assert body == {"data": {"message": body["message"]}, "message": body["message"]}
    assert query.partition("=")[0] in body["message"]


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nonsense"])
def test_a_body_on_get_is_ignored(customer: Customer, body: bytes) -> None:
    customer.invoice()
    number = customer.ids()[0]
    for path in ("", f"/{number}", f"/{number}/download"):
        assert customer.portal("GET", f"/client/invoices{path}", body).status_code == 200


def test_a_draft_is_never_listed_nor_found(customer: Customer) -> None:
    customer.invoice(finalized=False)
    assert customer.rows() == []


def test_a_whole_credit_note_makes_it_refunded(customer: Customer) -> None:
    document = customer.invoice()
    customer.shop.billing.ok(
        "POST",
        f"/documents/{document['id']}/convert",
        {"type": "invoice", "invoiceType": "credit-note", "finalized": True},
        201,
    )
    (row,) = customer.rows()
    assert (row["status"], row["status_label"], row["is_open"]) == ("Refunded", "Erstattet", False)
    assert customer.portal.ok("GET", "/client/invoices")["total"] == 1


def test_the_pdf_is_the_very_one_that_the_seller_has(customer: Customer) -> None:
    document = customer.invoice(number="R/2026 7")
    path = f"/client/invoices/{customer.ids()[0]}/download"
    response = customer.portal("GET", path)
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith('attachment; filename="R_2026_7.pdf"')
    assert response.headers["cache-control"] == "no-store"
    theirs = customer.shop.billing("GET", f"/documents/{document['id']}/pdf")
    assert response.content == theirs.content
    assert response.content.startswith(b"%PDF")


def test_an_xrechnung_is_downloaded_as_what_people_can_read(customer: Customer) -> None:
    document = customer.invoice(exportType="xrechnung", serviceDate="2026-03-01")
    response = customer.portal("GET", f"/client/invoices/{customer.ids()[0]}/download")
    assert response.headers["content-type"] == "application/pdf"
    theirs = customer.shop.billing("GET", f"/documents/{document['id']}/preview")
    assert response.content == theirs.content


@pytest.mark.parametrize("word", ["0", "-1", "x", "1.5", "99999999999999999999999", "²"])
def test_a_number_of_no_invoice_is_404(customer: Customer, word: str) -> None:
    for path in (f"/client/invoices/{word}", f"/client/invoices/{word}/download"):
        response = customer.portal("GET", path)
        assert response.status_code == 404
        assert response.json()["data"]["message"] == response.json()["message"]


def test_another_customers_invoice_is_not_there(shop: Shop, customer: Customer) -> None:
    other = shop.customer("Andere AG")
    other.invoice()
    number = other.ids()[0]
    assert customer.rows() == []
    for path in (f"/client/invoices/{number}", f"/client/invoices/{number}/download"):
        assert customer.portal("GET", path).status_code == 404


def test_nobody_comes_in_without_a_token_a_scope_and_a_customer(
    shop: Shop, customer: Customer
) -> None:
    bare = shop.served.get("/portal/client/invoices")
    assert bare.status_code == 401
    assert bare.headers["www-authenticate"].startswith("Bearer")
    assert bare.json()["data"]["message"] == bare.json()["message"]
    paths = ("", "/1", "/1/download")
    for token, status in [
        ("wrong", 401),
        (shop.billing.token, 401),
        (shop.key(customer.party_id, ("documents:read",)), 403),
    ]:
        for path in paths:
            response = shop.served.get(
                f"/portal/client/invoices{path}", headers={"Authorization": f"Bearer {token}"}
            )
            assert response.status_code == status, (status, path)
            assert response.json()["data"]["message"]
