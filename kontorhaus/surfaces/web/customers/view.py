"""What the seller sees of its customers: the list, and one with what is open and who may look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from kontorhaus.contacts.model import Party
from kontorhaus.identity import queries as identity
from kontorhaus.identity.customers import queries as customers
from kontorhaus.identity.customers.model import CustomerToken, MailedAccess
from kontorhaus.invoicing.customers import queries as invoices
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.openitems.invoices import queries as openitems
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.views.shell import Pages

ROWS = 50
_LATEST = 8


@dataclass(frozen=True)
class CustomerRow:
    """One line of the list."""

    href: str
    name: str
    number: str
    account: str
    open: Money


@dataclass(frozen=True)
class CustomerList:
    """The page; `first` to `last` of `total` rows are shown."""

    search: str
    rows: tuple[CustomerRow, ...]
    first: int
    last: int
    total: int
    pages: Pages


@dataclass(frozen=True)
class InvoiceRow:
    """One of the customer's latest invoices."""

    href: str
    number: str
    day: date
    gross: Money
    remaining: Money


@dataclass(frozen=True)
class AddressRow:
    """An address that may enter; its latest link holds until `last_day`, or has run out."""

    id: str
    address: str
    last_day: date
    holds: bool
    used_day: date | None


@dataclass(frozen=True)
class TokenRow:
    """A token; `last_day` is None for one without an end."""

    id: str
    name: str
    prefix: str
    last_day: date | None
    used_day: date | None


@dataclass(frozen=True)
class Given:
    """What a form of the page came to: a new token, shown this once, or what is wrong and why."""

    token: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    complaints: Mapping[str, str] = field(default_factory=dict)
    done: str = ""


@dataclass(frozen=True)
class CustomerPage:
    """One customer."""

    href: str
    name: str
    number: str
    account: str
    address: tuple[str, ...]
    email: str
    open: Money
    credit: Money
    invoices: tuple[InvoiceRow, ...]
    addresses: tuple[AddressRow, ...]
    tokens: tuple[TokenRow, ...]
    door: str
    may_give: bool
    has_server: bool
    link_days: int
    today: date
    given: Given


def build_list(work: Work, *, search: str, page: int) -> CustomerList:
    """A page of the customers, newest first."""
    skip = (page - 1) * ROWS
    found, total = openitems.parties(
        work, role="customer", search=search or None, limit=ROWS, offset=skip
    )
    return CustomerList(
        search=search,
        rows=tuple(_row(party, owed) for party, owed in found),
        first=skip + 1,
        last=skip + len(found),
        total=total,
        pages=Pages(
            _page(search, page - 1) if page > 1 else "",
            _page(search, page + 1) if total > skip + ROWS else "",
        ),
    )


def build_one(
    work: Work, *, party_id: PartyId, may_give: bool, door: str, has_server: bool, given: Given
) -> CustomerPage:
    """One customer; NotFound("not_found"). `door` is where customers come in."""
    party, owed = openitems.party(work, role="customer", party_id=party_id)
    latest, _ = invoices.invoices(work, party_id=party_id, limit=_LATEST)
    return CustomerPage(
        href=f"/customers/{party.id}",
        name=party.details.name,
        number=party.details.client_number or "",
        account=party.customer_account or "",
        address=party.details.address,
        email=party.details.email or "",
        open=owed,
        credit=credit.balance(work, party_id=party_id),
        invoices=tuple(
            InvoiceRow(
                f"/invoices/{each.public_id}", each.number, each.invoice_date, each.gross,
                each.remaining,
            )
            for each in latest
        ),
        addresses=tuple(
            _address(work, each) for each in customers.accesses(work, party_id=party_id)
        ),
        tokens=tuple(_token(work, each) for each in customers.tokens(work, party_id=party_id)),
        door=door,
        may_give=may_give,
        has_server=has_server,
        link_days=identity.settings(work).portal_link_days,
        today=work.today,
        given=given,
    )  # fmt: skip


def _row(party: Party, owed: Money) -> CustomerRow:
    return CustomerRow(
        href=f"/customers/{party.id}",
        name=party.details.name,
        number=party.details.client_number or "",
        account=party.customer_account or "",
        open=owed,
    )


def _address(work: Work, access: MailedAccess) -> AddressRow:
    zone, used_at = work.caller.time_zone, access.last_used_at
    return AddressRow(
        id=str(access.id),
        address=access.address,
        last_day=day_in(access.expires_at, zone),
        holds=access.expires_at > work.now,
        used_day=day_in(used_at, zone) if used_at else None,
    )


def _token(work: Work, token: CustomerToken) -> TokenRow:
    ends = token.expires_at
    return TokenRow(
        id=str(token.id),
        name=token.name,
        prefix=token.prefix,
        # the end is the midnight after the last day
        last_day=date.fromordinal(day_in(ends, work.caller.time_zone).toordinal() - 1)
        if ends
        else None,
        used_day=token.last_used_date,
    )


def _page(search: str, page: int) -> str:
    given = {"search": search, "page": str(page)}
    return f"/customers?{urlencode({name: text for name, text in given.items() if text})}"
