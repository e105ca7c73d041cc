"""Accounts, bookings, the journal and reversals over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as bank
from kontorhaus.files import queries as files
from kontorhaus.kernel.ids import IntentId
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries as books_of
from kontorhaus.ledger.opening import actions as opening
from kontorhaus.openitems import queries as openitems
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.journal import account_wire, booking_wire
from kontorhaus.surfaces.books.journal import wire as journal_wire
from kontorhaus.surfaces.books.surface import books

_READ = (400, 401, 403)


@books.get(
    "/v1/accounts",
    scope="journal:read",
    refusals=_READ,
    answer=account_wire.Accounts,
    tags=("journal",),
)
def list_accounts(work: Work, query: account_wire.AccountQuery) -> account_wire.Accounts:
    """List the active accounts of the chart."""
    found, count = books_of.accounts(work, limit=query.limit, offset=query.offset)
    return account_wire.Accounts(
        accounts=[account_wire.account(entry) for entry in found],
        total=count,
        offset=query.offset,
        limit=query.limit,
    )


@books.post(
    "/v1/accounts",
    scope="journal:write",
    status=201,
    refusals=(400, 401, 403, 409),
    answer=account_wire.AccountOut,
    tags=("journal",),
)
def create_account(work: Work, body: account_wire.AccountInput) -> account_wire.AccountOut:
    """Add an account to the chart.

    A number from 10000 to 69999 is a customer's account (asset), from 70000 to 99999 a vendor's
    (liability): it is found by search, as all personal accounts.
    """
    made = ledger.add_account(work, account=account_wire.new_account(body))
    return account_wire.account(made)


@books.get(
    "/v1/accounts/search",
    scope="journal:read",
    refusals=_READ,
    answer=account_wire.FoundAccounts,
    tags=("journal",),
)
def search_accounts(work: Work, query: account_wire.SearchQuery) -> account_wire.FoundAccounts:
    """Find accounts by the beginning of their number or a part of their name."""
    found = books_of.search_accounts(work, text=query.q, account_type=query.type)
    return account_wire.FoundAccounts(
        accounts=[
            account_wire.AccountRef(number=entry.number, name=entry.name, type=entry.type)
            for entry in found
        ]
    )


@books.get(
    "/v1/accounts/{number}/entries",
    scope="journal:read",
    refusals=(*_READ, 404),
    answer=account_wire.AccountEntries,
    tags=("journal",),
)
def list_account_entries(
    work: Work, number: str, query: account_wire.EntriesQuery
) -> account_wire.AccountEntries:
    """List the entries of an account, oldest first, with their running balance.

    `next_cursor` of an answer is the `cursor` of the next page; it is null on the last one.
    """
    entries, balance, following = books_of.account_entries(
        work,
        number=number,
        first=query.start_date,
        last=query.end_date,
        start=query.cursor,
        limit=query.limit,
    )
    return account_wire.account_page(entries, balance, following)


@books.post(
    "/v1/bookings",
    scope="journal:write",
    status=200,
    refusals=(400, 401, 403, 404, 409),
    answer=booking_wire.Booked,
    tags=("journal",),
)
def post_booking(work: Work, body: booking_wire.BookingInput) -> booking_wire.Booked:
    """Post a booking.

    Lines with a tax code are gross and are split into net and tax; debits equal credits.
    """
    return booking_wire.booked(ledger.book(work, booking=booking_wire.booking(body)))


@books.post(
    "/v1/bookings/opening-balances",
    scope="journal:write",
    status=200,
    refusals=(400, 401, 403, 409),
    answer=booking_wire.Opened,
    tags=("journal",),
)
def post_opening_balances(work: Work, body: booking_wire.OpeningInput) -> booking_wire.Opened:
    """Post the balances with which the ledger starts.

    Each stands against account 9000; only balance-sheet accounts have any. One set a day, again
    only after its reversal, and none behind a posting of a balance-sheet account.
    """
    lines = booking_wire.opening_lines(body)
    posted = opening.open_balances(work, booking_date=body.booking_date, lines=lines)
    return booking_wire.opened(posted, lines)


@books.get(
    "/v1/journal",
    scope="journal:read",
    refusals=_READ,
    answer=journal_wire.Journal,
    tags=("journal",),
)
def list_journal(work: Work, query: journal_wire.JournalQuery) -> journal_wire.Journal:
    """List the journal, newest first: by booking date, then by journal number.

    `next_cursor` of an answer is the `cursor` of the next page; it is null on the last one. A
    search for a frequent text, or for one or two signs, looks at 500,000 events at a time:
    a page may hold less than `limit` and go on.
    """
    entries, following = books_of.journal(
        work,
        question=journal_wire.question(query),
        start=query.cursor,
        limit=query.limit,
        offset=query.offset,
    )
    return journal_wire.journal(entries, following)


@books.get(
    "/v1/journal/{intent_id}",
    scope="journal:read",
    refusals=(*_READ, 404),
    answer=journal_wire.IntentDetail,
    tags=("journal",),
)
def get_intent(work: Work, intent_id: UUID) -> journal_wire.IntentDetail:
    """Show one booking with its events, its chain and what hangs on it."""
    its_id = IntentId(intent_id)
    view = books_of.intent(work, intent_id=its_id)
    return journal_wire.intent_detail(
        view,
        openitems.allocations(work, intent_id=its_id),
        bank.transactions_of_intent(work, intent_id=its_id),
        files.those(work, file_ids=view.document_ids),
    )


@books.post(
    "/v1/journal/reverse",
    scope="journal:write",
    status=200,
    refusals=(400, 401, 403, 404, 409),
    answer=booking_wire.Reversed,
    tags=("journal",),
)
def reverse_booking(work: Work, body: booking_wire.ReverseInput) -> booking_wire.Reversed:
    """Reverse a booking by its mirror image; what hung on it is open again."""
    intent_id = IntentId(body.intent_id)
    posted = banking.reverse_intent(
        work, intent_id=intent_id, reason=body.reason, posting_mode=body.posting_mode
    )
    return booking_wire.was_reversed(posted, intent_id)
