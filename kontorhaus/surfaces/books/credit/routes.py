"""Customers' credit: what there is, giving and paying it back."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.contacts import queries as contacts
from kontorhaus.kernel.ids import PartyId
from kontorhaus.openitems.credit import actions, queries
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.credit import wire
from kontorhaus.surfaces.books.surface import books

_TAGS = ("receivables",)
_REFUSALS = (400, 401, 403, 404, 409)


@books.get(
    "/v1/customers/{id}/credit",
    scope="debitoren:read",
    refusals=(400, 401, 403, 404),
    answer=wire.Credit,
    tags=_TAGS,
)
def get_credit(work: Work, id: UUID, query: wire.MovementQuery) -> wire.Credit:
    """Show a customer's credit and what moved it."""
    party_id = contacts.party_in_role(work, role="customer", party_id=PartyId(id)).id
    found = queries.movements(work, party_id=party_id, limit=query.limit, offset=query.offset)
    return wire.credit(party_id, queries.balance(work, party_id=party_id), found)


@books.post(
    "/v1/customers/{id}/credit",
    scope="debitoren:write",
    status=201,
    refusals=_REFUSALS,
    answer=wire.Moved,
    tags=_TAGS,
)
def give_credit(work: Work, id: UUID, body: wire.CreditInput) -> wire.Moved:
    """Give a customer credit: a voucher, a top-up or goodwill.

    It is a liability without VAT until the customer pays an invoice with it.
    """
    party_id = PartyId(id)
    intent_id = actions.issue(work, party_id=party_id, issued=wire.issued(body, work.today))
    return wire.Moved(intent_id=intent_id, balance=queries.balance(work, party_id=party_id))


@books.post(
    "/v1/customers/{id}/credit/pay-out",
    scope="debitoren:write",
    status=201,
    refusals=_REFUSALS,
    answer=wire.Moved,
    tags=_TAGS,
)
def pay_credit_out(work: Work, id: UUID, body: wire.PayOutInput) -> wire.Moved:
    """Pay a customer's credit back; match the bank's line with this booking."""
    party_id = PartyId(id)
    intent_id = actions.pay_out(work, party_id=party_id, paid_out=wire.paid_out(body, work.today))
    return wire.Moved(intent_id=intent_id, balance=queries.balance(work, party_id=party_id))
