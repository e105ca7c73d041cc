"""The journal: events newest first, and one booking with the proof of its chain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from kontorhaus.banking import queries as banking
from kontorhaus.invoicing import queries as invoicing
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import next_month
from kontorhaus.ledger import chain
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.model import Head, Intent, JournalEntry, JournalQuestion
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.model import OpenItem
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.views.shell import Pages

ROWS = 50
MONTHS = 24


@dataclass(frozen=True)
class JournalFilter:
    """What part of the journal is wanted; `month` is its first day, `page` counts from 1."""

    month: date | None = None
    account: str = ""
    search: str = ""
    page: int = 1

    def query(self, page: int | None = None) -> str:
        """The filter as the end of an address, "" for none."""
        values = {
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "account": self.account,
            "search": self.search,
            "page": str(page or self.page) if (page or self.page) > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"?{query}" if query else ""


@dataclass(frozen=True)
class ProofStep:
    """One link of the chain; `place` is before, here or end."""

    place: str
    number: int
    hash: str
    holds: bool


@dataclass(frozen=True)
class AccountLine:
    """What a booking moves on one account, all its events together."""

    account: str
    name: str
    debit: Money
    credit: Money


@dataclass(frozen=True)
class IntentDetail:
    """One booking; `settlement` is open, partial, paid, or empty where nothing is owed."""

    intent: Intent
    entries: tuple[JournalEntry, ...]
    by: str
    booked_at: datetime
    reversed_href: str
    reverses_href: str
    settlement: str
    reference: str
    document_href: str
    bank_href: str
    proof: tuple[ProofStep, ...]

    @property
    def lines(self) -> tuple[AccountLine, ...]:
        """The booking as it is spoken of: debits first, each account once a side."""
        sums: dict[tuple[str, str], Money] = {}
        names: dict[str, str] = {}
        for entry in self.entries:
            transfer = entry.event.transfer
            for side, account, name in (
                ("debit", transfer.debit, entry.debit_name),
                ("credit", transfer.credit, entry.credit_name),
            ):
                names[account] = name
                known = sums.get((side, account), Money.zero(transfer.amount.currency))
                sums[side, account] = known + transfer.amount
        nothing = Money.zero()
        return tuple(
            AccountLine(
                account,
                names[account],
                amount if side == "debit" else nothing,
                amount if side == "credit" else nothing,
            )
            for wanted in ("debit", "credit")
            for (side, account), amount in sums.items()
            if side == wanted
        )

    @property
    def holds(self) -> bool:
        """Whether every hash is what its content says."""
        return all(step.holds for step in self.proof)


@dataclass(frozen=True)
class JournalPage:
    """The page; `months` are offered as filters, newest first."""

    filter: JournalFilter
    months: tuple[date, ...]
    entries: tuple[JournalEntry, ...]
    event_count: int
    selected: IntentDetail | None
    pages: Pages


def build(
    work: Work,
    *,
    wanted: JournalFilter,
    intent_id: IntentId | None,
    local: Callable[[datetime], datetime],
) -> JournalPage:
    """A page of the journal; without `intent_id` the newest booking on it is chosen."""
    first, last = _days(wanted.month)
    found, following = ledger.journal(
        work,
        question=JournalQuestion(
            account=wanted.account or None, first=first, last=last, search=wanted.search or None
        ),
        limit=ROWS,
        offset=(wanted.page - 1) * ROWS,
    )
    entries = tuple(found)
    chosen = intent_id or (entries[0].intent.id if entries else None)
    head = ledger.head(work)
    return JournalPage(
        filter=wanted,
        months=tuple(_months(work.today)),
        entries=entries,
        event_count=head.journal_number,
        selected=_detail(work, chosen, head, local) if chosen else None,
        pages=Pages(
            f"/journal{wanted.query(wanted.page - 1) or '?'}" if wanted.page > 1 else "",
            f"/journal{wanted.query(wanted.page + 1)}" if following else "",
        ),
    )


def _detail(
    work: Work, intent_id: IntentId, head: Head, local: Callable[[datetime], datetime]
) -> IntentDetail:
    view = ledger.intent(work, intent_id=intent_id)
    intent = view.entries[0].intent
    reverses, reversed_by = intent.reverses, view.reversed_by
    item = openitems.of_intents(work, intent_ids=[intent_id]).get(intent_id)
    lines = banking.transactions_of_intent(work, intent_id=intent_id)
    document = invoicing.document_of(work, intent_id=intent_id)
    return IntentDetail(
        intent=intent,
        entries=view.entries,
        by=str(intent.actor.get("label") or intent.actor.get("kind") or ""),
        booked_at=local(intent.created_at),
        reversed_href=f"/journal/{reversed_by}" if reversed_by else "",
        reverses_href=f"/journal/{reverses}" if reverses else "",
        settlement=_settlement(item),
        reference=(item.reference if item else intent.external_reference) or "",
        document_href=f"/invoices/{document.public_id}" if document else "",
        bank_href=f"/bank/{lines[0].bank_account_id}?show=done&line={lines[0].id}" if lines else "",
        proof=tuple(_proof(work, view.entries, head)),
    )


def _settlement(item: OpenItem | None) -> str:
    """How the item stands that the booking opened."""
    if item is None:
        return ""
    if not item.remaining:
        return "paid"
    return "partial" if item.settled else "open"


def _proof(work: Work, entries: Sequence[JournalEntry], head: Head) -> Iterator[ProofStep]:
    """Every hash of the booking counted again from its content and the hash before it."""
    first, last = entries[0].event, entries[-1].event
    if first.journal_number > 1:
        yield ProofStep("before", first.journal_number - 1, first.prev_hash.hex(), True)
    previous = first.prev_hash
    for entry in entries:
        event = entry.event
        form = chain.canonical(
            work.tenant_id,
            entry.intent,
            event.transfer,
            journal_number=event.journal_number,
            event_id=event.id,
            prev_hash=previous,
        )
        holds = event.prev_hash == previous and hashlib.sha256(form).digest() == event.hash
        yield ProofStep("here", event.journal_number, event.hash.hex(), holds)
        previous = event.hash
    if last.journal_number != head.journal_number:
        yield ProofStep("end", head.journal_number, head.hash.hex(), True)


def _days(month: date | None) -> tuple[date | None, date | None]:
    return (month, next_month(month) - timedelta(days=1)) if month else (None, None)


def _months(today: date) -> Iterator[date]:
    """The present month and those before it, newest first."""
    month = today.replace(day=1)
    for _ in range(MONTHS):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)
