"""Questions to the books that change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import EventId, FileId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import (
    chain,
    journal_store,
    rules,
    store,
    verify_store,
    views_store,
    year_store,
)
from kontorhaus.ledger.journal_store import Row
from kontorhaus.ledger.model import (
    BEGINNING,
    END,
    GENESIS,
    Account,
    AccountEntry,
    Event,
    Head,
    Intent,
    JournalEntry,
    JournalQuestion,
    Place,
)
from kontorhaus.ledger.search import queries as search
from kontorhaus.runtime.work import Work

_Finder = Callable[..., list[Place]]


@dataclass(frozen=True, slots=True)
class IntentView:
    """An intent with its events and its links to other intents."""

    entries: tuple[JournalEntry, ...]
    reversed_by: IntentId | None

    @property
    def document_ids(self) -> list[FileId]:
        """The files it was booked by."""
        document_id = self.entries[0].intent.document_id
        return [] if document_id is None else [document_id]


def is_empty(work: Work) -> bool:
    """Whether nothing was ever posted."""
    return journal_store.is_empty(work)


def head(work: Work) -> Head:
    """The end of the chain; number 0 and 32 zero bytes before the first posting."""
    return store.head(work) or Head(0, GENESIS)


def accounts(work: Work, *, limit: int = 500, offset: int = 0) -> tuple[list[Account], int]:
    """Active general accounts by number, and how many there are in all."""
    return store.general_accounts(work, limit=limit, offset=offset)


def account(work: Work, *, number: str) -> Account:
    """One account; NotFound("not_found") if the chart lacks it."""
    found = store.accounts(work, numbers=[number]).get(number)
    if found is None:
        raise NotFound("not_found", f"The chart has no account {number}.")
    return found


def accounts_by_number(work: Work, *, numbers: list[str]) -> dict[str, Account]:
    """Accounts by number; those that the chart lacks are left out."""
    return store.accounts(work, numbers=numbers)


def search_accounts(work: Work, *, text: str, account_type: str | None) -> list[Account]:
    """At most 50 active accounts whose number begins with, or whose name holds, a text."""
    return store.search_accounts(work, text=text, account_type=account_type, limit=50)


def account_entries(
    work: Work,
    *,
    number: str,
    first: date | None,
    last: date | None,
    start: Place | None = None,
    limit: int,
) -> tuple[list[AccountEntry], Money, Place | None]:
    """A page of an account, oldest first with running balance, and its balance at `last`.

    `start` is where an earlier page ended; the third value is where this one does, None at the
    end. What lies before a page comes from the kept balances and the events of half a month.
    """
    account(work, number=number)
    low, high = JournalQuestion(first=first, last=last).span
    low = max(low, start or BEGINNING)
    rows = views_store.account_entries(work, account=number, low=low, high=high, limit=limit + 1)
    nets = views_store.period_nets(work, account=number)
    closing = _balance_before(work, number, nets, None if last is None else _eve(last))
    balance = _balance_before(work, number, nets, low) if rows else closing
    entries = []
    for row in rows[:limit]:
        balance = balance + Money(row[7])
        entries.append(_account_entry(row, balance))
    return entries, closing, Place(rows[limit][3], rows[limit][2]) if rows[limit:] else None


def _eve(last: date) -> Place:
    """The first place after a day; the last day of all has none."""
    return END if last == date.max else Place(last + timedelta(days=1), 0)


def _balance_before(
    work: Work, number: str, nets: Sequence[tuple[Period, Money]], place: Place | None
) -> Money:
    if place is None or place.booking_date == date.max:
        return rules.balance_at(None, nets, 1)
    if place <= BEGINNING:
        return Money.zero()
    start_month = identity.settings(work).fiscal_year_start_month
    edge = rules.nearest_edge(place)
    balance, turn = rules.balance_at(edge, nets, start_month), Place(edge, 0)
    if turn == place:
        return balance
    low, high = min(turn, place), max(turn, place)
    part = views_store.moved(work, account=number, low=low, high=_before(high))
    return balance + part if turn < place else balance - part


def _before(place: Place) -> Place:
    return replace(place, journal_number=place.journal_number - 1)


def _account_entry(row: Row, balance: Money) -> AccountEntry:
    amount = Money(row[7])
    return AccountEntry(
        event_id=EventId(row[0]),
        intent_id=IntentId(row[1]),
        journal_number=row[2],
        booking_date=row[3],
        description=row[4],
        contra_account=row[5],
        contra_account_name=row[6],
        debit=Money(max(amount.minor, 0)),
        credit=Money(max(-amount.minor, 0)),
        balance=balance,
        document_id=row[8],
        external_reference=row[9],
    )


def journal(
    work: Work,
    *,
    question: JournalQuestion = JournalQuestion(),
    start: Place | None = None,
    limit: int = 200,
    offset: int = 0,
) -> tuple[list[JournalEntry], Place | None]:
    """Events by day and number, newest first, and the place where a next page starts.

    A search looks at a bounded number of events: with fewer entries than `limit` and a place to
    go on, there is more to look at. Without a place the end is reached.
    """
    high = min(question.span[1], start or END)
    if question.external_reference is not None:
        find: _Finder = views_store.places_of_reference
    elif question.search:
        return _searched(work, question, high, limit, offset)
    else:
        find = views_store.places
    places = find(work, question=question, high=high, limit=limit + 1, offset=offset)
    entries = views_store.entries_at(work, places=places[:limit])
    return entries, places[limit] if places[limit:] else None


def _searched(
    work: Work, question: JournalQuestion, high: Place, limit: int, offset: int
) -> tuple[list[JournalEntry], Place | None]:
    wanted = offset + limit + 1
    found, following = search.places(work, question=question, high=high, limit=wanted)
    if len(found) == wanted:
        following = found[-1]
    entries = views_store.entries_at(work, places=found[offset : offset + limit])
    return entries, following


def latest(work: Work, *, limit: int) -> list[JournalEntry]:
    """The events written last, whatever their day."""
    return views_store.latest(work, limit=limit)


def intent(work: Work, *, intent_id: IntentId) -> IntentView:
    """One intent with its events; NotFound("not_found") if there is none."""
    entries = views_store.journal_of_intent(work, intent_id=intent_id)
    if not entries:
        raise NotFound("not_found", "There is no such booking.")
    return IntentView(tuple(entries), journal_store.reversal_of(work, intent_id=intent_id))


def balance(work: Work, *, account: str, last: date | None = None) -> Money:
    """Debit less credit of an account, up to and with a day."""
    nets = views_store.period_nets(work, account=account)
    return _balance_before(work, account, nets, None if last is None else _eve(last))


def export_chain(work: Work) -> Iterator[str]:
    """The journal as lines for the offline checker: canonical JSON, a tab, the hash in hex."""
    for event, its_intent in verify_store.chain(work):
        assert its_intent is not None, "verify before an export"
        form = chain.canonical(
            work.tenant_id,
            its_intent,
            event.transfer,
            journal_number=event.journal_number,
            event_id=event.id,
            prev_hash=event.prev_hash,
        )
        yield f"{form.decode()}\t{event.hash.hex()}"


def verify(work: Work, *, published: Head | None = None) -> list[Finding]:
    """Everything that is wrong with the books; an empty list if they are as they were written.

    `published` is an end of the chain that was made known outside (a closing protocol, a mail):
    only against it a cut tail shows.
    """
    return [*_verify_chain(work, published), *_verify_balances(work)]


def _verify_chain(work: Work, published: Head | None) -> Iterator[Finding]:
    previous, number = GENESIS, 0
    reached = published is None
    for event, its_intent in verify_store.chain(work):
        if event.journal_number != number + 1:
            yield Finding("gap", f"Journal number {number + 1} is missing.", number + 1)
        number = event.journal_number
        if its_intent is None:
            yield Finding("intent", "The intent of this event is missing.", number)
        elif event.prev_hash != previous:
            yield Finding("link", "The event does not follow the one before it.", number)
        elif _hash(work, event, its_intent) != event.hash:
            yield Finding("hash", "The event or its intent was changed.", number)
        previous = event.hash
        reached = reached or (published is not None and published == Head(number, event.hash))
    if not reached and published:
        yield Finding(
            "published", "The chain does not hold the published end.", published.journal_number
        )
    end = head(work)
    if end != Head(number, previous):
        yield Finding("head", f"The chain should end with number {end.journal_number}.", number)


def _hash(work: Work, event: Event, its_intent: Intent) -> bytes:
    form = chain.canonical(
        work.tenant_id,
        its_intent,
        event.transfer,
        journal_number=event.journal_number,
        event_id=event.id,
        prev_hash=event.prev_hash,
    )
    return hashlib.sha256(form).digest()


def _verify_balances(work: Work) -> Iterator[Finding]:
    verify_store.join_as_a_whole(work)
    for row in verify_store.balance_differences(work):
        yield Finding(
            "balance",
            f"Account {row[0]} in {row[1]}: kept {row[2]}/{row[3]}, "
            f"counted {row[4]}/{row[5]} cents.",
            subject=row[0],
        )
    for row in year_store.differences(work):
        yield Finding(
            "balance",
            f"Account {row[0]} in the year from {row[1]}: kept {row[2]}, {row[3]}/{row[4]}, "
            f"counted {row[5]}, {row[6]}/{row[7]} cents.",
            subject=row[0],
        )
    for row in verify_store.tax_differences(work):
        yield Finding(
            "tax_balance",
            f"{row[0]} {row[1]} in {row[2]}: kept {row[3]}/{row[4]}, "
            f"counted {row[5]}/{row[6]} cents.",
            subject=row[0],
        )
    for row in verify_store.hollow_intents(work):
        yield Finding(
            "intent", f"The intent says {row[1]} events and has {row[2]}.", subject=row[0]
        )
