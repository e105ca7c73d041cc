"""What happens to the books: opening them, posting, reversing."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kontorhaus.files import actions as files
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound
from kontorhaus.kernel.ids import FileId, IntentId
from kontorhaus.kernel.money import total
from kontorhaus.kernel.period import Period, fiscal_year_start, posting_period
from kontorhaus.ledger import chain, charts, journal_store, rules, store, year_store
from kontorhaus.ledger.model import (
    GENESIS,
    Account,
    AccountType,
    Event,
    Fx,
    Head,
    Intent,
    Line,
    MetadataValue,
    Posted,
    Posting,
)
from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCode

PostingMode = Literal["current_period", "original_period"]

_PERSONAL: dict[str, tuple[int, int, AccountType]] = {
    "customer": (10_000, 69_999, "asset"),
    "vendor": (70_000, 99_999, "liability"),
}


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as a person enters it; amounts of coded lines are gross."""

    booking_date: date
    description: str
    lines: tuple[Line, ...]
    adjustment_period: int | None = None
    fx: Fx | None = None
    external_reference: str | None = None
    custom_metadata: dict[str, MetadataValue] | None = None
    skip_duplicate_check: bool = False
    document_id: FileId | None = None


def open_books(work: Work) -> None:
    """Give a tenant the chart its settings name, and the beginning of its chain."""
    chart = charts.chart(identity.settings(work).chart)
    store.insert_accounts(
        work,
        accounts=[
            Account(
                number=entry.number,
                name=entry.name_de,
                name_en=entry.name_en,
                type=entry.type,
                category=entry.hgb_position or None,
                report_group=entry.report_group or None,
                kind="general",
                is_system=True,
                is_active=entry.is_active,
            )
            for entry in chart.values()
        ],
    )
    store.insert_head(work, head=Head(0, GENESIS))


def add_account(work: Work, *, account: Account) -> Account:
    """Add an account of the organization's own to its chart.

    Without a report group it goes to the last one of its type. Invalid: invalid_input, for a
    personal number of the wrong type. Conflict: duplicate_account.
    """
    kind, of_type = rules.kind_of_account(account.number)
    if of_type not in (None, account.type):
        raise Invalid(
            "invalid_input",
            f"{account.number} is the number of a {kind}: its type is {of_type}.",
            field="type",
        )
    group = account.report_group or rules.GROUP_OF_TYPE[account.type]
    added = replace(account, kind=kind, report_group=group)
    if not store.insert_accounts(work, accounts=[added]):
        raise Conflict(
            "duplicate_account",
            f"The chart has an account {account.number} already.",
            number=account.number,
        )
    work.record(
        "ledger.account_added",
        subject="account",
        subject_id=account.number,
        details={"name": account.name, "type": account.type},
    )
    return added


def open_personal_account(work: Work, *, kind: str, name: str, wanted: str | None = None) -> str:
    """A customer's or vendor's account: the wanted number if it is free, else the next one.

    `kind` is customer (10000 to 69999) or vendor (70000 to 99999); automatic numbers begin at
    10001 and 70001. Conflict("accounts_exhausted") when none is left.
    """
    floor, last, account_type = _PERSONAL[kind]
    is_wanted = wanted is not None and _is_number(wanted) and floor <= int(wanted) <= last
    if wanted and is_wanted and _open_account(work, wanted, name, kind, account_type):
        return wanted
    while (number := floor + store.next_in_series(work, series=f"account:{kind}")) <= last:
        if _open_account(work, str(number), name, kind, account_type):
            return str(number)
    raise Conflict("accounts_exhausted", f"There is no free {kind} account up to {last}.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and not text.startswith("0")


def _open_account(work: Work, number: str, name: str, kind: str, of_type: AccountType) -> bool:
    account = Account(number, name, name, of_type, None, None, kind, False, True)
    return store.insert_accounts(work, accounts=[account]) == 1


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


def book(work: Work, *, booking: Booking) -> Posted:
    """Post lines entered by hand, split by their tax codes."""
    return book_all(work, bookings=[booking])[0]


def book_all(work: Work, *, bookings: Sequence[Booking]) -> list[Posted]:
    """Post several bookings, all of them or none."""
    codes = _codes(identity.settings(work).chart)
    postings = [
        Posting(
            booking_date=booking.booking_date,
            description=booking.description,
            transfers=rules.transfers(booking.lines, codes),
            source="manual",
            adjustment_period=booking.adjustment_period,
            external_reference=booking.external_reference,
            custom_metadata=booking.custom_metadata,
            fx=booking.fx,
            check_duplicates=not booking.skip_duplicate_check,
            document_id=booking.document_id,
        )
        for booking in bookings
    ]
    return post(work, postings=postings)


def post(work: Work, *, postings: Sequence[Posting]) -> list[Posted]:
    """Append a sequence of intents: periods are entered, then the chain's end is locked once.

    Invalid: account_not_found. Conflict: period_locked, duplicate_suspected.
    NotFound: document_not_found.
    """
    if not postings:
        return []
    periods = {
        (day, adjustment): enter_period(work, booking_date=day, adjustment=adjustment)
        for day, adjustment in sorted({_period_day(posting) for posting in postings}, key=str)
    }
    actor = work.actor.as_json()
    intents = [_intent(work, p, periods[_period_day(p)], actor) for p in postings]
    _attach_documents(work, postings)
    numbers = {t.debit for p in postings for t in p.transfers} | {
        t.credit for p in postings for t in p.transfers
    }
    rules.check_accounts(postings, store.accounts(work, numbers=sorted(numbers)))
    keys = [rules.duplicate_key(posting) for posting in postings]
    head, repeated, years = store.lock_head(
        work, duplicate_keys=[k for k, p in zip(keys, postings, strict=True) if p.check_duplicates]
    )
    _check_repeated(postings, keys, repeated)
    _begin_years(work, {posting.booking_date for posting in postings}, years)
    events, new_head = chain.link(
        work.tenant_id,
        head,
        [(intent, posting.transfers) for intent, posting in zip(intents, postings, strict=True)],
        iter(work.new_id, None),
    )
    with work.connection.pipeline():
        journal_store.append(
            work, intents=list(zip(intents, keys, strict=True)), events=events, head=new_head
        )
        _record(work, intents, new_head)
    return _posted(intents, events)


def reverse(
    work: Work,
    *,
    intent_id: IntentId,
    reason: str | None,
    posting_mode: PostingMode = "current_period",
) -> Posted:
    """Take an intent back by its mirror image, dated today or on the original's day.

    NotFound: not_found. Conflict: already_reversed, period_locked.
    """
    original = journal_store.intent(work, intent_id=intent_id)
    if original is None:
        raise NotFound("not_found", "There is no such booking.")
    if journal_store.reversal_of(work, intent_id=intent_id):
        raise _already_reversed(intent_id)
    keeps_date = posting_mode == "original_period"
    posting = rules.reversal(
        original=original,
        events=journal_store.events(work, intent_id=intent_id),
        booking_date=original.booking_date if keeps_date else work.today,
        tax_date=original.tax_date if keeps_date else work.today,
        reason=reason,
    )
    return post(work, postings=[posting])[0]


def _already_reversed(intent_id: IntentId) -> Conflict:
    return Conflict(
        "already_reversed", "This booking was reversed before.", intent_id=str(intent_id)
    )


@functools.cache
def _codes(chart: str) -> Mapping[str, TaxCode]:
    return {code.code.upper(): code for code in tax.system_codes(chart).values()}


def _period_day(posting: Posting) -> tuple[date, int | None]:
    """A day that stands for the period of a posting, so that each period is entered once."""
    adjustment = posting.adjustment_period
    day = posting.booking_date
    return (day.replace(day=1) if adjustment is None else day), adjustment


def _intent(work: Work, posting: Posting, period: Period, actor: Mapping[str, object]) -> Intent:
    if not posting.transfers:
        raise Invalid("balance_mismatch", "A booking needs at least one amount.", field="lines")
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


def _attach_documents(work: Work, postings: Sequence[Posting]) -> None:
    """A voucher is kept as long as what was booked by it."""
    for posting in postings:
        if posting.document_id is not None:
            files.attach(work, file_id=posting.document_id, day=posting.booking_date)


def _check_repeated(
    postings: Sequence[Posting],
    keys: Sequence[bytes],
    found: Sequence[tuple[bytes, IntentId, str, str | None]],
) -> None:
    for posting, key in zip(postings, keys, strict=True):
        for other, intent_id, description, reference in found:
            if (
                posting.check_duplicates
                and other == key
                and rules.is_repeated(posting, description, reference)
            ):
                raise Conflict(
                    "duplicate_suspected",
                    "The same booking was posted before; skip_duplicate_check posts it anyway.",
                    intent_id=str(intent_id),
                )


def _record(work: Work, intents: Sequence[Intent], head: Head) -> None:
    first = intents[0]
    work.record(
        "ledger.posted",
        subject="intent",
        subject_id=first.id,
        details={"intents": len(intents), "head": head.hash.hex(), "source": first.source},
    )


def _posted(intents: Sequence[Intent], events: Sequence[Event]) -> list[Posted]:
    firsts: dict[IntentId, int] = {}
    for event in events:
        firsts.setdefault(event.intent_id, event.journal_number)
    return [Posted(i.id, i.event_count, firsts[i.id], i.period) for i in intents]
