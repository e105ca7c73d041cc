"""The JSON shapes of the chart of accounts."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from kontorhaus.ledger.model import Account, AccountEntry, AccountType, Place, ReportGroup
from kontorhaus.surfaces.books.journal import place_wire
from kontorhaus.surfaces.conventions import fields


class AccountQuery(fields.Query):
    """One page of the chart."""

    limit: Annotated[int, fields.whole(1, 500)] = 500
    offset: Annotated[int, fields.whole(0, None)] = 0


class SearchQuery(fields.Query):
    """What to look for in the chart."""

    q: Annotated[str, fields.text(0, 100)] = ""
    type: AccountType | None = None


class EntriesQuery(fields.CamelQuery):
    """A stretch of an account."""

    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    limit: Annotated[int, fields.whole(1, 1000)] = 200
    cursor: place_wire.Cursor | None = None


class AccountOut(fields.Out):
    """An account of the chart."""

    number: str
    name: str
    type: AccountType
    category: str | None
    report_group: str | None
    is_system: bool


class AccountRef(fields.Out):
    """An account by name."""

    number: str
    name: str
    type: AccountType


class Accounts(fields.Out):
    """A page of the chart."""

    accounts: list[AccountOut]
    total: int
    offset: int
    limit: int


class FoundAccounts(fields.Out):
    """Accounts that a search found."""

    accounts: list[AccountRef]


class AccountEntryOut(fields.Out):
    """One event seen from one account."""

    id: UUID
    intent_id: UUID
    journal_number: int
    booking_date: date
    description: str
    contra_account: str
    contra_account_name: str
    debit: fields.Money
    credit: fields.Money
    balance: fields.Money
    document_id: UUID | None
    external_reference: str | None


class AccountEntries(fields.Out):
    """A page of an account with its balance at the end; `next_cursor` asks for the next page."""

    entries: list[AccountEntryOut]
    balance: fields.Money
    next_cursor: str | None


class AccountInput(fields.In):
    """A new account; the report group places it in balance sheet, P&L and BWA."""

    number: Annotated[str, fields.text(1, 8, "^[0-9]+$")]
    name: Annotated[str, fields.text(1, 255)]
    type: AccountType
    category: Annotated[str, fields.text(1, 100)] | None = None
    report_group: ReportGroup | None = None


def account(found: Account) -> AccountOut:
    """An account as the API shows it."""
    return AccountOut(
        number=found.number,
        name=found.name,
        type=found.type,
        category=found.category,
        report_group=found.report_group,
        is_system=found.is_system,
    )


def new_account(body: AccountInput) -> Account:
    """The account that a body asks for."""
    return Account(
        number=body.number,
        name=body.name,
        name_en=body.name,
        type=body.type,
        category=body.category,
        report_group=body.report_group,
        kind="general",
        is_system=False,
        is_active=True,
    )


def account_entry(entry: AccountEntry) -> AccountEntryOut:
    """An event seen from one account as the API shows it."""
    return AccountEntryOut(
        id=entry.event_id,
        intent_id=entry.intent_id,
        journal_number=entry.journal_number,
        booking_date=entry.booking_date,
        description=entry.description,
        contra_account=entry.contra_account,
        contra_account_name=entry.contra_account_name,
        debit=entry.debit,
        credit=entry.credit,
        balance=entry.balance,
        document_id=entry.document_id,
        external_reference=entry.external_reference,
    )


def account_page(
    entries: list[AccountEntry], balance: fields.Money, following: Place | None
) -> AccountEntries:
    """A page of an account as the API shows it."""
    return AccountEntries(
        entries=[account_entry(entry) for entry in entries],
        balance=balance,
        next_cursor=place_wire.cursor(following),
    )
