"""Questions to the books that change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import EventId, FileId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import chain, journal_store, store, verify_store, views_store, year_store
from kontorhaus.ledger.model import (
    GENESIS,
    Account,
    AccountEntry,
    Event,
    Head,
    Intent,
    JournalEntry,
)
from kontorhaus.runtime.work import Work


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
    work: Work, *, number: str, first: date | None, last: date | None, limit: int
) -> tuple[list[AccountEntry], Money]:
    """The events of an account, oldest first with running balance, and its balance at `last`."""
    account(work, number=number)
    balance, rows = views_store.account_entries(
        work, account=number, first=first, last=last, limit=limit
    )
    entries = []
    for row in rows:
        amount = Money(row[7])
        balance = balance + amount
        entries.append(
            AccountEntry(
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
        )
    return entries, views_store.balance_on(work, account=number, last=last)


def journal(
    work: Work,
    *,
    account: str | None = None,
    first: date | None = None,
    last: date | None = None,
    search: str | None = None,
    external_reference: str | None = None,
    page: tuple[int, int] = (200, 0),
) -> list[JournalEntry]:
    """Events newest first; `page` is limit and offset."""
    return views_store.journal(
        work,
        account=account,
        first=first,
        last=last,
        search=search,
        external_reference=external_reference,
        page=page,
    )


def intent(work: Work, *, intent_id: IntentId) -> IntentView:
    """One intent with its events; NotFound("not_found") if there is none."""
    entries = views_store.journal_of_intent(work, intent_id=intent_id)
    if not entries:
        raise NotFound("not_found", "There is no such booking.")
    return IntentView(tuple(entries), journal_store.reversal_of(work, intent_id=intent_id))


def balance(work: Work, *, account: str, last: date | None = None) -> Money:
    """Debit less credit of an account, up to and with a day."""
    return views_store.balance_on(work, account=account, last=last)


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
