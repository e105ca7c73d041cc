"""Appending a sequence of intents to the journal: the one way into the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kontorhaus.files import actions as files
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, Invalid, Refusal
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import total
from kontorhaus.kernel.period import Period, fiscal_year_start, posting_period
from kontorhaus.ledger import chain, journal_store, rules, store, year_store
from kontorhaus.ledger.model import Event, Head, Intent, Posted, Posting
from kontorhaus.runtime.work import Work

_Earlier = tuple[IntentId, str, str | None]


@dataclass(slots=True)
class _Candidates:
    """Postings by their position, and why those that are refused are.

    Where all or none shall be posted, the first refusal ends the matter.
    """

    postings: dict[int, Posting]
    is_whole: bool
    refusals: dict[int, Refusal] = field(default_factory=dict)

    def refuse(self, position: int, refusal: Refusal) -> None:
        if self.is_whole:
            raise refusal
        self.refusals.setdefault(position, refusal)

    @property
    def standing(self) -> list[tuple[int, Posting]]:
        """Those that nothing speaks against so far."""
        return [(n, posting) for n, posting in self.postings.items() if n not in self.refusals]


def post(work: Work, *, postings: Sequence[Posting]) -> list[Posted]:
    """Append a sequence of intents, all of them or none.

    Periods are entered first, the end of the chain is locked once. Invalid: account_not_found.
    Conflict: period_locked, duplicate_suspected. NotFound: document_not_found.
    """
    made = _append(work, _Candidates(dict(enumerate(postings)), is_whole=True))
    return list(made.values())


def post_each(work: Work, *, postings: Sequence[Posting | Refusal]) -> list[Posted | Refusal]:
    """Append those of a sequence that can be posted; what came of each, in their order.

    What was refused before is passed on.
    """
    wanted = {n: each for n, each in enumerate(postings) if isinstance(each, Posting)}
    refused = {n: each for n, each in enumerate(postings) if isinstance(each, Refusal)}
    candidates = _Candidates(wanted, is_whole=False)
    made = _append(work, candidates)
    outcomes: dict[int, Posted | Refusal] = {**refused, **made, **candidates.refusals}
    return [outcomes[n] for n in range(len(postings))]


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
        raise Conflict("period_locked", f"Period {period} is closed.", period=period.text)
    return period


def _append(work: Work, candidates: _Candidates) -> dict[int, Posted]:
    periods = _enter_periods(work, candidates)
    _mind_closed_tax_months(work, candidates, set(periods.values()))
    _attach_documents(work, candidates)
    _check_accounts(work, candidates)
    if not candidates.standing:
        return {}
    keys = {n: rules.duplicate_key(posting) for n, posting in candidates.standing}
    wanted = [keys[n] for n, posting in candidates.standing if posting.check_duplicates]
    head, repeated, years = store.lock_head(work, duplicate_keys=wanted)
    intents = _intents(work, candidates, periods, keys, repeated)
    if not intents:
        return {}
    _begin_years(work, {posting.booking_date for _, posting in candidates.standing}, years)
    events, new_head = chain.link(
        work.tenant_id,
        head,
        [(intent, candidates.postings[n].transfers) for n, intent in intents.items()],
        iter(work.new_id, None),
    )
    with work.connection.pipeline():
        journal_store.append(
            work,
            intents=[(intent, keys[n]) for n, intent in intents.items()],
            events=events,
            head=new_head,
        )
        _record(work, list(intents.values()), new_head)
    return _posted(intents, events)


def _enter_periods(work: Work, candidates: _Candidates) -> dict[int, Period]:
    """The period of each posting; each is entered once, in the order of time."""
    periods: dict[int, Period] = {}
    by_day: dict[tuple[date, int], list[int]] = {}
    for n, posting in candidates.standing:
        by_day.setdefault(_period_day(posting), []).append(n)
    for (day, adjustment), positions in sorted(by_day.items()):
        try:
            period = enter_period(work, booking_date=day, adjustment=adjustment or None)
        except Refusal as refusal:
            for n in positions:
                candidates.refuse(n, refusal)
        else:
            periods |= dict.fromkeys(positions, period)
    return periods


def _mind_closed_tax_months(work: Work, candidates: _Candidates, entered: set[Period]) -> None:
    """Where the month of a tax date is closed, its VAT return is done: the booking date counts."""
    months = {Period.of(each.tax_date) for _, each in candidates.standing if each.tax_date}
    closed = {
        month
        for month in sorted(months - entered)
        if store.share_period(work, period=month) not in (None, "open")
    }
    for n, posting in candidates.standing:
        if posting.tax_date and Period.of(posting.tax_date) in closed:
            candidates.postings[n] = replace(posting, tax_date=None)


def _period_day(posting: Posting) -> tuple[date, int]:
    """A day that stands for the period of a posting, and its closing period or 0."""
    if posting.adjustment_period is None:
        return posting.booking_date.replace(day=1), 0
    return posting.booking_date, posting.adjustment_period


def _attach_documents(work: Work, candidates: _Candidates) -> None:
    """A voucher is kept as long as what was booked by it."""
    for n, posting in candidates.standing:
        if posting.document_id is not None:
            try:
                files.attach(work, file_id=posting.document_id, day=posting.booking_date)
            except Refusal as refusal:
                candidates.refuse(n, refusal)


def _check_accounts(work: Work, candidates: _Candidates) -> None:
    numbers = {t.debit for _, p in candidates.standing for t in p.transfers} | {
        t.credit for _, p in candidates.standing for t in p.transfers
    }
    known = store.accounts(work, numbers=sorted(numbers)) if numbers else {}
    usable = {number for number, account in known.items() if account.is_active}
    for n, posting in candidates.standing:
        try:
            rules.check_transfers(posting.transfers, usable)
        except Invalid as refusal:
            candidates.refuse(n, refusal)


def _intents(
    work: Work,
    candidates: _Candidates,
    periods: Mapping[int, Period],
    keys: Mapping[int, bytes],
    repeated: Iterable[tuple[bytes, IntentId, str, str | None]],
) -> dict[int, Intent]:
    """The intents of all that repeat neither an earlier booking nor one of this sequence."""
    earlier: dict[bytes, list[_Earlier]] = {}
    for key, intent_id, description, reference in repeated:
        earlier.setdefault(key, []).append((intent_id, description, reference))
    actor = work.actor.as_json()
    intents: dict[int, Intent] = {}
    for n, posting in candidates.standing:
        others = earlier.setdefault(keys[n], [])
        twin = posting.check_duplicates and rules.repeated(posting, others)
        if twin:
            candidates.refuse(n, _suspected(twin))
            continue
        intent = _intent(work, posting, periods[n], actor)
        others.append((intent.id, intent.description, intent.external_reference))
        intents[n] = intent
    return intents


def _suspected(twin: IntentId) -> Conflict:
    return Conflict(
        "duplicate_suspected",
        "The same booking was posted before; skip_duplicate_check posts it anyway.",
        intent_id=str(twin),
    )


def _intent(work: Work, posting: Posting, period: Period, actor: Mapping[str, object]) -> Intent:
    return Intent(
        id=IntentId(work.new_id()),
        booking_date=posting.booking_date,
        period=period,
        tax_date=posting.tax_date or posting.booking_date,
        description=posting.description,
        source=posting.source,
        total=total(transfer.amount for transfer in posting.transfers),
        event_count=len(posting.transfers),
        external_reference=posting.external_reference,
        custom_metadata=posting.custom_metadata,
        document_id=posting.document_id,
        reverses=posting.reverses,
        reason=posting.reason,
        fx=posting.fx,
        actor=actor,
        created_at=work.now,
    )


def _begin_years(work: Work, days: Iterable[date], begun: Sequence[date]) -> None:
    """The first posting of a fiscal year begins it."""
    missing = [day for day in days if not rules.has_year(day, begun)]
    if missing:
        start_month = identity.settings(work).fiscal_year_start_month
        for first_day in sorted({fiscal_year_start(day, start_month) for day in missing}):
            year_store.begin(work, first_day=first_day)


def _record(work: Work, intents: Sequence[Intent], head: Head) -> None:
    first = intents[0]
    work.record(
        "ledger.posted",
        subject="intent",
        subject_id=first.id,
        details={"intents": len(intents), "head": head.hash.hex(), "source": first.source},
    )


def _posted(intents: Mapping[int, Intent], events: Sequence[Event]) -> dict[int, Posted]:
    firsts: dict[IntentId, int] = {}
    for event in events:
        firsts.setdefault(event.intent_id, event.journal_number)
    return {
        n: Posted(intent.id, intent.event_count, firsts[intent.id], intent.period)
        for n, intent in intents.items()
    }
