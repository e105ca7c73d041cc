"""Appending a sequence of intents to the journal: the one way into the books."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from kontorhaus.files import actions as files
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, Invalid, Refusal
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period, fiscal_year_start, posting_period
from kontorhaus.kernel.phrase import Phrase
from kontorhaus.ledger import chain, journal_store, rules, store, year_store
from kontorhaus.ledger.model import Head, Intent, Posted, Posting
from kontorhaus.ledger.sums import Sums
from kontorhaus.runtime import ids
from kontorhaus.runtime.work import Work

# So many are written by one statement: the database is busy with them while the next are chained.
_INTENTS_OF_A_STATEMENT = 250

# Intents by the position of their postings, each with its duplicate key.
_Made = dict[int, tuple[Intent, bytes]]


@dataclass(slots=True)
class _Part:
    """Postings of a sequence by their position, and why those that are refused are.

    Where all or none shall be posted, the first refusal ends the matter.
    """

    standing: dict[int, Posting]
    refusals: dict[int, Refusal]
    is_whole: bool

    def refuse(self, position: int, refusal: Refusal) -> None:
        """Take a posting out."""
        if self.is_whole:
            raise refusal
        self.refusals[position] = refusal
        del self.standing[position]

    def __iter__(self) -> Iterator[tuple[int, Posting]]:
        """Those that nothing speaks against so far; each may be refused meanwhile."""
        return iter(list(self.standing.items()))


class IntentSequence:
    """Intents that follow each other in one transaction, some at a time.

    Periods are entered, accounts are read and the end of the chain is locked once for all of
    them; the sums and the end of the chain move once, when nothing more comes.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._actor: Mapping[str, object] = work.actor.as_json()
        self._periods: dict[tuple[date, int], Period | Refusal] = {}
        self._closed: dict[Period, bool] = {}
        self._usable: dict[str, bool] = {}
        self._head: Head | None = None
        self._years: list[date] = []
        self._sums = Sums()
        self._first: Intent | None = None
        self._count = 0

    def add(
        self, postings: Sequence[Posting | Refusal], *, is_whole: bool = False
    ) -> list[Posted | Refusal]:
        """Append those that can be posted, or all or none; what came of each, in their order.

        What was refused before is passed on.
        """
        part = _Part({}, {}, is_whole)
        for n, each in enumerate(postings):
            if isinstance(each, Refusal):
                part.refusals[n] = each
            else:
                part.standing[n] = each
        periods = self._enter_periods(part)
        self._mind_closed_tax_months(part, periods.values())
        self._attach_documents(part)
        self._check_accounts(part)
        made = self._append(part, self._intents(part, periods)) if part.standing else {}
        return [part.refusals.get(n) or made[n] for n in range(len(postings))]

    def end(self) -> None:
        """Move the sums and the end of the chain, and tell the audit trail."""
        if self._first is None or self._head is None:
            return
        journal_store.advance(self._work, sums=self._sums, head=self._head)
        self._work.record(
            "ledger.posted",
            subject="intent",
            subject_id=self._first.id,
            details={
                "intents": self._count,
                "head": self._head.hash.hex(),
                "source": self._first.source,
            },
        )

    def _enter_periods(self, part: _Part) -> dict[int, Period]:
        """The period of each posting; each is entered once, in the order of time."""
        days = {n: _period_day(posting) for n, posting in part}
        for key in sorted(set(days.values()) - self._periods.keys()):
            day, adjustment = key
            try:
                self._periods[key] = enter_period(
                    self._work, booking_date=day, adjustment=adjustment or None
                )
            except Refusal as refusal:
                self._periods[key] = refusal
        found: dict[int, Period] = {}
        for n, key in days.items():
            period = self._periods[key]
            if isinstance(period, Refusal):
                part.refuse(n, period)
            else:
                found[n] = period
        return found

    def _mind_closed_tax_months(self, part: _Part, entered: Collection[Period]) -> None:
        """Where the month of a tax date is closed, its VAT is declared: the booking date counts."""
        months = {Period.of(each.tax_date) for each in part.standing.values() if each.tax_date}
        for month in sorted(months.difference(entered) - self._closed.keys()):
            state = store.share_period(self._work, period=month)
            self._closed[month] = state not in (None, "open")
        for n, posting in part if months else ():
            if posting.tax_date and self._closed.get(Period.of(posting.tax_date)):
                part.standing[n] = replace(posting, tax_date=None)

    def _attach_documents(self, part: _Part) -> None:
        """A voucher is kept as long as what was booked by it."""
        for n, posting in part:
            if posting.document_id is not None:
                try:
                    files.attach(self._work, file_id=posting.document_id, day=posting.booking_date)
                except Refusal as refusal:
                    part.refuse(n, refusal)

    def _check_accounts(self, part: _Part) -> None:
        moves = [move for posting in part.standing.values() for move in posting.transfers]
        numbers = {move.debit for move in moves} | {move.credit for move in moves}
        if new := sorted(numbers - self._usable.keys()):
            known = store.accounts(self._work, numbers=new)
            self._usable |= {n: n in known and known[n].is_active for n in new}
        usable = {number for number in numbers if self._usable[number]}
        for n, posting in part:
            try:
                rules.check_transfers(posting.transfers, usable)
            except Invalid as refusal:
                part.refuse(n, refusal)

    def _intents(self, part: _Part, periods: Mapping[int, Period]) -> _Made:
        """The intents of all that repeat neither an earlier booking nor one of this part."""
        keys = {n: rules.duplicate_key(posting) for n, posting in part}
        earlier = self._earlier([keys[n] for n, posting in part if posting.check_duplicates])
        fresh = iter(ids.uuid7s(len(keys)))
        made: _Made = {}
        for n, posting in part:
            others = earlier.setdefault(keys[n], [])
            if posting.check_duplicates and others and (twin := rules.repeated(posting, others)):
                part.refuse(n, _suspected(twin))
                continue
            intent = self._intent(IntentId(next(fresh)), posting, periods[n])
            others.append((intent.id, intent.description, intent.external_reference))
            made[n] = intent, keys[n]
        return made

    def _earlier(self, wanted: Sequence[bytes]) -> dict[bytes, list[rules.Earlier]]:
        """Intents with one of these duplicate keys; before the first, the chain's end is locked."""
        if self._head is None:
            self._head, repeated, self._years = store.lock_head(self._work, duplicate_keys=wanted)
        else:
            repeated = list(store.repeated(self._work, duplicate_keys=wanted))
        found: dict[bytes, list[rules.Earlier]] = {}
        for key, intent_id, description, reference in repeated:
            found.setdefault(key, []).append((intent_id, description, reference))
        return found

    def _intent(self, intent_id: IntentId, posting: Posting, period: Period) -> Intent:
        return Intent(
            intent_id,
            posting.booking_date,
            period,
            posting.tax_date or posting.booking_date,
            posting.description,
            posting.source,
            Money(sum([transfer.amount.minor for transfer in posting.transfers])),
            len(posting.transfers),
            posting.external_reference,
            posting.custom_metadata,
            posting.document_id,
            posting.reverses,
            posting.reason,
            posting.fx,
            self._actor,
            self._work.now,
        )

    def _append(self, part: _Part, made: _Made) -> dict[int, Posted]:
        """Chain the events and hand them to the database, which need not have written them yet."""
        assert self._head is not None, "the end of the chain is locked"
        self._begin_years(part)
        posted: dict[int, Posted] = {}
        every = list(made.items())
        for start in range(0, len(every), _INTENTS_OF_A_STATEMENT):
            some = every[start : start + _INTENTS_OF_A_STATEMENT]
            entries = [(intent, part.standing[n].transfers) for n, (intent, _) in some]
            number = self._head.journal_number + 1
            fresh = iter(ids.uuid7s(sum([intent.event_count for intent, _ in entries])))
            events, self._head = chain.link(self._work.tenant_id, self._head, entries, fresh)
            journal_store.append(self._work, intents=[each for _, each in some], events=events)
            for n, (intent, _) in some:
                self._sums.add(intent, part.standing[n].transfers)
                posted[n] = Posted(intent.id, intent.event_count, number, intent.period)
                number += intent.event_count
            self._first = self._first or entries[0][0]
            self._count += len(entries)
        return posted

    def _begin_years(self, part: _Part) -> None:
        """The first posting of a fiscal year begins it."""
        days = {posting.booking_date for posting in part.standing.values()}
        missing = [day for day in days if not rules.has_year(day, self._years)]
        if missing:
            start_month = identity.settings(self._work).fiscal_year_start_month
            for first_day in sorted({fiscal_year_start(day, start_month) for day in missing}):
                year_store.begin(self._work, first_day=first_day)
                self._years.append(first_day)


@contextmanager
def opened(work: Work) -> Iterator[IntentSequence]:
    """A sequence that is ended with the block.

    The database writes one part while the next is being prepared: no statement is waited for
    before its answer is needed.
    """
    with work.connection.pipeline():
        sequence = IntentSequence(work)
        yield sequence
        sequence.end()


def post(work: Work, *, postings: Sequence[Posting]) -> list[Posted]:
    """Append a sequence of intents, all of them or none.

    Periods are entered first, the end of the chain is locked once. Invalid: account_not_found.
    Conflict: period_locked, duplicate_suspected. NotFound: document_not_found.
    """
    with opened(work) as sequence:
        made = sequence.add(postings, is_whole=True)
    return [each for each in made if isinstance(each, Posted)]


def enter_period(work: Work, *, booking_date: date, adjustment: int | None = None) -> Period:
    """The period of a booking date, kept open until the transaction ends.

    The first posting creates it. Conflict("period_locked") if it is closed.
    """
    start_month = 1 if adjustment is None else identity.settings(work).fiscal_year_start_month
    period = posting_period(booking_date, adjustment, start_month)
    state = store.share_period(work, period=period)
    if state is None:
        store.insert_period(work, period=period)
        state = store.share_period(work, period=period)
    if state != "open":
        message = Phrase("Period %(period)s is closed.", period=period)
        raise Conflict("period_locked", message, period=period.text)
    return period


def _period_day(posting: Posting) -> tuple[date, int]:
    """A day that stands for the period of a posting, and its closing period or 0."""
    if posting.adjustment_period is None:
        return posting.booking_date.replace(day=1), 0
    return posting.booking_date, posting.adjustment_period


def _suspected(twin: IntentId) -> Conflict:
    return Conflict(
        "duplicate_suspected",
        "The same booking was posted before; skip_duplicate_check posts it anyway.",
        intent_id=str(twin),
    )
