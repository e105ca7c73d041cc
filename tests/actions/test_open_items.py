"""What verification says of open items, on real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.openitems import actions, queries
from kontorhaus.openitems.model import NewItem

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "sides", "cents"),
    [
        ("receivable", ("10001", "4400"), 119),
        ("receivable", ("4400", "10001"), -119),
        ("liability", ("6815", "70001"), 119),
        ("liability", ("70001", "6815"), -119),
    ],
)
def test_an_item_is_what_its_booking_moved(work, kind, sides, cents):
    ledger.open_personal_account(work, kind="customer", name="A", wanted="10001")
    ledger.open_personal_account(work, kind="vendor", name="B", wanted="70001")
    transfer = Transfer(*sides, Money(119), 1, 1)
    posted = ledger.post(work, postings=[Posting(DAY, "Rechnung", (transfer,), "manual")] * 2)
    account = next(number for number in sides if number.endswith("0001"))
    item = NewItem(kind, account, None, posted[0].intent_id, Money(cents), DAY, None, "1")
    actions.open_item(work, item=item)
    assert queries.verify(work) == []
    wrong = replace(item, intent_id=posted[1].intent_id, amount=Money(cents + 1))
    wrong_id = actions.open_item(work, item=wrong)
    assert [finding.subject for finding in queries.verify(work)] == [wrong_id]
