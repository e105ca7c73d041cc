"""What happens to the books: opening them, posting, reversing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from kontorhaus.identity import queries as identity
from kontorhaus.identity import rules as identity_rules
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound, Refusal
from kontorhaus.kernel.ids import FileId, IntentId
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import charts, journal_store, posting, rechart, rules, store
from kontorhaus.ledger.model import (
    GENESIS,
    Account,
    AccountType,
    Fx,
    Head,
    Line,
    MetadataValue,
    Posted,
    Posting,
    Transfer,
)
from kontorhaus.ledger.waiting import rules as waiting
from kontorhaus.runtime import counter
from kontorhaus.runtime.work import Work
from kontorhaus.tax import queries as tax

PostingMode = Literal["current_period", "original_period"]
_Split = Callable[["Booking"], tuple[Transfer, ...]]


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
    accounts = rechart.system_accounts(identity.settings(work).chart)
    store.insert_accounts(work, accounts=accounts)
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
    floor, last, account_type = rules.PERSONAL[kind]
    is_wanted = wanted is not None and rules.kind_of_account(wanted)[0] == kind
    if wanted and is_wanted and _open_account(work, wanted, name, kind, account_type):
        return wanted
    while (number := floor + counter.next_value(work, series=f"account:{kind}")) <= last:
        if _open_account(work, str(number), name, kind, account_type):
            return str(number)
    raise Conflict("accounts_exhausted", f"There is no free {kind} account up to {last}.")


def _open_account(work: Work, number: str, name: str, kind: str, of_type: AccountType) -> bool:
    account = Account(number, name, name, of_type, None, None, kind, False, True)
    return store.insert_accounts(work, accounts=[account]) == 1


def enter_period(work: Work, *, booking_date: date, adjustment: int | None = None) -> Period:
    """The period of a booking date, kept open until the transaction ends.

    The first posting creates it. Conflict("period_locked") if it is closed.
    """
    return posting.enter_period(work, booking_date=booking_date, adjustment=adjustment)


def hold_month(work: Work, *, day: date) -> None:
    """Hold the month of a tax date as it is, so that posting need not wait for it later.

    Nothing else may be locked yet; a closed month is no hindrance.
    """
    store.share_period(work, period=Period.of(day))


def book(work: Work, *, booking: Booking) -> Posted:
    """Post lines entered by hand, split by their tax codes."""
    return book_all(work, bookings=[booking])[0]


def book_all(work: Work, *, bookings: Sequence[Booking]) -> list[Posted]:
    """Post several bookings, all of them or none."""
    split = _splitter(work)
    return posting.post(work, postings=[_posting(each, split, "manual") for each in bookings])


@contextmanager
def book_many(
    work: Work, *, source: str
) -> Iterator[Callable[[Sequence[Booking | Refusal]], list[Posted | Refusal]]]:
    """Post many bookings as one sequence, some at a time.

    The function that it gives posts those that can be posted, and tells what came of each, in
    their order; what was refused before is passed on.
    """
    split = _splitter(work)

    def asked_for(booking: Booking | Refusal) -> Posting | Refusal:
        try:
            return booking if isinstance(booking, Refusal) else _posting(booking, split, source)
        except Invalid as refusal:
            return refusal

    with posting.opened(work) as sequence:
        yield lambda bookings: sequence.add([asked_for(each) for each in bookings])


def _splitter(work: Work) -> _Split:
    """How lines become transfers; the first coded line has tax codes and settings read."""
    coded = cache(lambda: _coded_splitter(work))

    def split(booking: Booking) -> tuple[Transfer, ...]:
        if all(line.tax_code is None for line in booking.lines):
            return rules.transfers(booking.lines, {})
        return coded()(booking)

    return split


def _coded_splitter(work: Work) -> _Split:
    settings = identity.settings(work)
    codes = tax.codes(work, chart=settings.chart)
    tax_accounts = rules.accounts_of(codes)
    collective = charts.KEY_ACCOUNTS[settings.chart].receivables

    def split(booking: Booking) -> tuple[Transfer, ...]:
        found = rules.transfers(booking.lines, codes, tax_accounts)
        if identity_rules.vat_method_on(settings, booking.booking_date) == "ist":
            return waiting.put_off(found, codes, collective)
        return found

    return split


def _posting(booking: Booking, split: _Split, source: str) -> Posting:
    transfers = split(booking)
    if booking.fx is not None:
        rules.check_fx(booking.fx, booking.lines, transfers)
    return Posting(
        booking_date=booking.booking_date,
        description=booking.description,
        transfers=transfers,
        source=source,
        adjustment_period=booking.adjustment_period,
        external_reference=booking.external_reference,
        custom_metadata=booking.custom_metadata,
        fx=booking.fx,
        check_duplicates=not booking.skip_duplicate_check,
        document_id=booking.document_id,
    )


def post(work: Work, *, postings: Sequence[Posting]) -> list[Posted]:
    """Append a sequence of intents, all of them or none; the end of the chain is locked once.

    Invalid: account_not_found. Conflict: period_locked, duplicate_suspected.
    NotFound: document_not_found.
    """
    return posting.post(work, postings=postings)


def reverse(
    work: Work,
    *,
    intent_id: IntentId,
    reason: str | None,
    posting_mode: PostingMode = "current_period",
) -> Posted:
    """Take an intent back by its mirror image, dated today or on the original's day.

    A reversal itself is not taken back: what it undid is posted again. NotFound: not_found.
    Conflict: already_reversed, period_locked.
    """
    original = journal_store.intent(work, intent_id=intent_id)
    if original is None:
        raise NotFound("not_found", "There is no such booking.")
    keeps_date = posting_mode == "original_period"
    booking_date = original.booking_date if keeps_date else work.today
    adjustment = rules.closing_of(original) if keeps_date else None
    enter_period(work, booking_date=booking_date, adjustment=adjustment)
    store.lock_head(work, duplicate_keys=())
    if journal_store.reversal_of(work, intent_id=intent_id):
        raise _already_reversed("This booking was reversed before.", intent_id)
    if original.reverses:
        # what hung on the original was let go: it is booked anew, not revived
        raise _already_reversed("A reversal stands: post the booking again.", original.reverses)
    mirror = rules.reversal(
        original=original,
        events=journal_store.events(work, intent_id=intent_id),
        booking_date=booking_date,
        tax_date=original.tax_date if keeps_date else work.today,
        reason=reason,
    )
    return post(work, postings=[mirror])[0]


def _already_reversed(message: str, intent_id: IntentId) -> Conflict:
    return Conflict("already_reversed", message, intent_id=str(intent_id))
