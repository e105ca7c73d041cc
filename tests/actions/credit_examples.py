"""Customers with credit and invoices that the tests of credit share."""

from __future__ import annotations

from datetime import date

import pytest

from kontorhaus.contacts.model import Party
from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing.customers import actions, queries
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.credit import actions as credit_actions
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.runtime.work import Work
from tests.actions.invoicing_examples import new

DAY = date(2026, 3, 2)
WHOLE = 14016


def issue(work: Work, party: Party, cents: int, kind: str = "top_up", debit: str = "1800"):
    issued = Issued(kind, Money(cents), debit, DAY, "Test")
    return credit_actions.issue(work, party_id=party.id, issued=issued)


def owing(work: Work, party: Party, **more):
    """A final invoice over 140.16, as the customer sees it."""
    invoicing.create(work, new=new(party.public_id, finalized=True, **more))
    return queries.invoices(work, party_id=party.id)[0][0]


def balances(work: Work, *accounts: str) -> list[int]:
    return [ledger.balance(work, account=account).minor for account in accounts]


def left(work: Work, party: Party) -> int:
    return credit.balance(work, party_id=party.id).minor


def is_sound(work: Work) -> bool:
    return [*openitems.verify(work), *credit.verify(work), *ledger.verify(work)] == []


def pay(work: Work, party: Party, found):
    return actions.pay(work, party_id=party.id, serial=found.serial)


def refused(code: str, call) -> None:
    with pytest.raises((Conflict, Invalid, NotFound)) as refusal:
        call()
    assert refusal.value.code == code
