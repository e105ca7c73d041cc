"""Another customer's number, of this company or another, opens nothing (S-1, S-24)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit import actions as credit_actions
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.surfaces.portal.routes import portal
from tests.surfaces.portal.portal_api import Customer, Shop

UNKNOWN = 10**12
WITH_ID = [
    (found.method, found.path.removeprefix(portal.base))
    for found in portal.operations
    if "{id}" in found.path
]


def rich(customer: Customer) -> Customer:
    """With an invoice and more than enough credit for it."""
    with customer.shop.working() as work:
        issued = Issued("top_up", Money(10000), "1800", work.today)
        credit_actions.issue(work, party_id=customer.party_id, issued=issued)
    customer.invoice()
    return customer


@pytest.mark.parametrize("is_of_another_company", [False, True])
@pytest.mark.parametrize(("method", "path"), WITH_ID)
def test_a_foreign_number_is_the_number_of_nothing(
    open_shop: Callable[..., Shop], method: str, path: str, is_of_another_company: bool
) -> None:
    shop = open_shop()
    mine = rich(shop.customer())
    other_shop = open_shop() if is_of_another_company else shop
    theirs = rich(other_shop.customer("Andere AG"))
    (number,) = theirs.ids()
    before = theirs.one(number)
    answers = [
        mine.portal(method, path.replace("{id}", str(asked)), b"[]") for asked in (number, UNKNOWN)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert theirs.one(number) == before
    for customer in (mine, theirs):
        with customer.shop.working() as work:
            assert credit.balance(work, party_id=customer.party_id) == Money(10000)


def test_every_operation_with_a_number_is_asked() -> None:
    assert len(WITH_ID) == 4
