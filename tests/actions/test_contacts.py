"""Contacts with their personal accounts, on real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kontorhaus.contacts import actions, queries
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.receivables import actions as receivables


def register(work, **details):
    return receivables.register_customer(work, details=PartyDetails(**{"name": "A", **details}))


def test_every_contact_is_a_customer_with_the_next_account(work):
    first, second = register(work), register(work)
    assert int(second.customer_account or 0) == int(first.customer_account or 0) + 1
    assert first.vendor_account is None
    assert len(first.public_id) == 10
    assert queries.contact(work, public_id=first.public_id) == first


def test_a_wanted_account_is_given_if_it_is_free(work):
    assert register(work, debtor_number="23456").customer_account == "23456"
    assert register(work, debtor_number="23456").customer_account != "23456"
    assert register(work, debtor_number="D-7").customer_account is not None


def test_a_creditor_number_makes_a_vendor_too(work):
    party = register(work, creditor_number="71234")
    assert party.vendor_account == "71234"
    later = register(work)
    changed = receivables.amend_customer(
        work, public_id=later.public_id, change=lambda d: replace(d, creditor_number="K9")
    )
    assert (changed.vendor_account or "").startswith("7")


def test_an_account_once_given_stays(work):
    party = register(work)
    with pytest.raises(Conflict) as refusal:
        receivables.amend_customer(
            work, public_id=party.public_id, change=lambda d: replace(d, debtor_number="34567")
        )
    assert refusal.value.code == "account_fixed"


def test_a_new_name_is_the_name_of_the_accounts_too(work):
    party = register(work, name="Anna Berg", creditor_number="K1")
    receivables.amend_customer(
        work, public_id=party.public_id, change=lambda d: replace(d, name="Anna Lund")
    )
    numbers = [party.customer_account, party.vendor_account]
    accounts = ledger.accounts_by_number(work, numbers=numbers)
    assert {account.name for account in accounts.values()} == {"Anna Lund"}


def test_a_client_number_is_unique_among_the_contacts(work):
    first = register(work, client_number="K-1")
    for attempt in (
        lambda: register(work, client_number="K-1"),
        lambda: receivables.amend_customer(
            work,
            public_id=register(work).public_id,
            change=lambda d: replace(d, client_number="K-1"),
        ),
    ):
        with pytest.raises(Conflict) as refusal, work.connection.transaction():
            attempt()
        assert refusal.value.code == "client_number"
    actions.hide(work, public_id=first.public_id)
    assert register(work, client_number="K-1").details.client_number == "K-1"


def test_a_removed_contact_is_hidden_here_and_kept_in_the_books(work):
    party = register(work, client_number="K-9")
    actions.hide(work, public_id=party.public_id)
    with pytest.raises(NotFound):
        queries.contact(work, public_id=party.public_id)
    found, _ = claims.party(work, role="customer", party_id=party.id)
    assert found.customer_account == party.customer_account


def test_the_list_is_newest_first(work):
    made = [register(work, name=name).public_id for name in "ABC"]
    page, count = queries.contacts(work, limit=2, skip=0)
    assert [party.public_id for party in page] == made[:0:-1]
    assert count == 3


def test_customers_are_found_by_name_and_vat_id(work):
    register(work, name="Große Bücher GmbH", vat_id="DE123456788")
    register(work, name="Andere")
    for text, count in (("bücher", 1), ("de1234", 1), ("%", 0), ("nichts", 0)):
        assert claims.parties(work, role="customer", search=text)[1] == count
