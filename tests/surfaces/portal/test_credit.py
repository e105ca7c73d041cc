"""Paying with credit over HTTP, and taking it back; R-3: no cent is spent twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.credit import actions as credit_actions
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.surfaces.portal.routes import portal
from tests.surfaces.portal.portal_api import Customer, Shop
from tests.surfaces.serving import serving

FORTY = [{"title": "Hosting", "netPrice": 40, "vatRate": 0, "taxCase": "not-taxable"}]


def give(customer: Customer, cents: int) -> None:
    issued = Issued("top_up", Money(cents), "1800", date(2026, 3, 2))
    with customer.shop.working() as work:
        credit_actions.issue(work, party_id=customer.party_id, issued=issued)


def left(customer: Customer) -> int:
    with customer.shop.working() as work:
        assert [*credit.verify(work), *openitems.verify(work), *ledger.verify(work)] == []
        return credit.balance(work, party_id=customer.party_id).minor


@pytest.mark.parametrize("body", [None, b"", b"[]", b"{}", {"id": None}, {"more": [1]}, "id"])
def test_an_invoice_is_paid_whatever_empty_body_comes(customer: Customer, body: Any) -> None:
    give(customer, 10000)
    document = customer.invoice(FORTY)
    (number,) = customer.ids()
    given = {"id": number} if body == "id" else body
    found = customer.portal.ok("POST", f"/client/invoices/{number}/pay", given)["data"]
    assert (found["status"], found["status_label"], found["is_open"]) == ("Paid", "Bezahlt", False)
    assert (found["credit"], found["total"]) == (Decimal("40.00"), Decimal("40.00"))
    assert "transaction" not in found
    assert not found["datepaid"].startswith("0001")
    assert customer.one(number) == found
    assert customer.ids(transactions="true") == []
    assert left(customer) == 6000
    billed = customer.shop.billing.ok("GET", f"/documents/{document['id']}")
    assert billed["paid"] is True
    rows = customer.shop.books.ok("GET", "/v1/customers", params={"search": "Bücher"})
    assert rows[0]["open_amount"] == 0


def test_what_was_applied_comes_back_from_an_unpaid_invoice(customer: Customer) -> None:
    give(customer, 1000)
    customer.invoice(FORTY)
    (number,) = customer.ids()
    path = f"/client/invoices/{number}"
    found = customer.portal.ok("POST", f"{path}/pay", b"[]", headers={"Accept-Language": "en"})[
        "data"
    ]
    assert (found["status"], found["status_label"]) == ("Unpaid", "Unpaid")
    assert (found["credit"], found["is_open"]) == (Decimal("10.00"), True)
    open_items = customer.shop.books.ok("GET", "/v1/outgoing-invoices/open-items")
    assert open_items[0]["total_open"] == 30
    found = customer.portal.ok("POST", f"{path}/remove-credit", b"[]")["data"]
    assert (found["credit"], found["status"]) == (Decimal("0.00"), "Unpaid")
    assert left(customer) == 1000


def test_what_cannot_be_is_409(customer: Customer) -> None:
    for _ in range(2):
        customer.invoice(FORTY)
    cancelled = customer.invoice(FORTY)
    customer.shop.billing.ok("POST", f"/documents/{cancelled['id']}/cancel", {})
    gone, unpaid, paid = customer.ids()
    refused(customer, 409, f"/{unpaid}/pay", word="credit")
    refused(customer, 409, f"/{unpaid}/remove-credit", word="credit")
    give(customer, 4000)
    customer.portal.ok("POST", f"/client/invoices/{paid}/pay")
    for number in (paid, gone):
        refused(customer, 409, f"/{number}/pay", word="open")
        refused(customer, 409, f"/{number}/remove-credit", word="unpaid")
    assert left(customer) == 0


def test_a_body_that_does_not_fit_is_422(customer: Customer) -> None:
    give(customer, 10000)
    customer.invoice(FORTY)
    (number,) = customer.ids()
    bodies = [{"id": number + 1}, {"id": str(number)}, {"id": 1.5}, {"id": True}, [1], 7, b"{", b'"'
              , b'{"id":1,"id":1}', b"\xff"]  # fmt: skip
    for action in ("pay", "remove-credit"):
        for body in bodies:
            refused(customer, 422, f"/{number}/{action}", body)
    assert left(customer) == 10000


def test_a_locked_month_is_409(customer: Customer) -> None:
    give(customer, 10000)
    customer.invoice(FORTY)
    (number,) = customer.ids()
    with customer.shop.working() as work:
        month = f"{work.today:%Y-%m}"
    customer.shop.books("POST", f"/v1/periods/{month}/soft-lock", {})
    refused(customer, 409, f"/{number}/pay", word="closed")


def test_a_strangers_invoice_and_money_stay_what_they_were(shop: Shop, customer: Customer) -> None:
    other = shop.customer("Andere AG")
    give(other, 10000)
    other.invoice(FORTY)
    customer.invoice(FORTY)
    (theirs,), (mine,) = other.ids(), customer.ids()
    for action in ("pay", "remove-credit"):
        refused(customer, 404, f"/{theirs}/{action}")
        refused(customer, 404, f"/{theirs}/{action}", {"id": theirs})
        refused(customer, 404, f"/x/{action}")
    refused(customer, 409, f"/{mine}/pay", word="no credit")
    assert (left(other), left(customer)) == (10000, 0)
    weak = shop.key(customer.party_id, ("documents:read",))
    for token, status in ((weak, 403), ("wrong", 401), (shop.books.token, 401)):
        for action in ("pay", "remove-credit"):
            response = shop.served.post(
                f"/portal/client/invoices/{mine}/{action}",
                headers={"Authorization": f"Bearer {token}"},
            )
            assert response.status_code == status
            assert response.json()["data"]["message"]


def test_a_repeated_key_pays_once(customer: Customer) -> None:
    give(customer, 1000)
    customer.invoice(FORTY)
    path = f"/client/invoices/{customer.ids()[0]}/pay"
    answers = [
        customer.portal("POST", path, b"[]", headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_eight_racing_payments_spend_the_credit_once(open_shop: Any, resources: Any) -> None:
    """R-3: credit 100.00, eight racing payments of 40.00, 15 rounds."""
    shop = open_shop()
    app = Starlette(routes=[Mount(portal.base, portal.asgi(resources))])
    with serving(app) as address, ThreadPoolExecutor(8) as racers:
        for turn in range(15):
            customer = shop.customer(f"Kunde {turn}")
            give(customer, 10000)
            for _ in range(8):
                customer.invoice(FORTY)
            numbers = customer.ids()

            def pay(number: int, token: str = customer.token) -> tuple[int, Any]:
                answer = httpx.post(
                    f"{address}/portal/client/invoices/{number}/pay",
                    headers={"Authorization": f"Bearer {token}"},
                    content=b"[]",
                    timeout=180,
                )
                return answer.status_code, answer.json()["data"]

            answers = list(racers.map(pay, numbers))
            paid = [found for status, found in answers if status == 200]
            assert [status for status, _ in answers].count(409) == 5
            assert sorted(found["credit"] for found in paid) == [20.0, 40.0, 40.0]
            rows = customer.rows()
            assert Counter(row["status"] for row in rows) == {"Paid": 2, "Unpaid": 6}
            assert sum(row["credit"] for row in rows) == 100
            with shop.working() as work:
                opened = openitems.open_items(work, kind="receivable")
                mine = [item for item in opened if item.party_id == customer.party_id]
                assert sorted(item.remaining.minor for item in mine) == [2000, *[4000] * 5]
            assert left(customer) == 0


def refused(customer: Customer, status: int, path: str, body: Any = b"[]", word: str = "") -> None:
    english = {"Accept-Language": "en"}
    response = customer.portal("POST", f"/client/invoices{path}", body, headers=english)
    assert response.status_code == status, (path, body, response.text)
    answer = response.json()
    assert answer["data"]["message"] == answer["message"]
    assert word in answer["message"]
