"""Questions to the periods that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import GENESIS, Head
from kontorhaus.ledger.periods import closing, rules, store
from kontorhaus.ledger.periods.model import (
    PATIENCE,
    Closing,
    ListedPeriod,
    LockRequest,
    SealedClosing,
)
from kontorhaus.runtime.work import Work


def periods(work: Work) -> list[ListedPeriod]:
    """Every period, the latest first."""
    start_month = identity.settings(work).fiscal_year_start_month
    found = sorted(
        store.periods(work), key=lambda pair: rules.order(pair[0].period, start_month), reverse=True
    )
    return [
        ListedPeriod(standing, rules.number(standing.period, start_month), bookings)
        for standing, bookings in found
    ]


def number(work: Work, *, period: Period) -> int:
    """The place of a period in its fiscal year, 1 to 14."""
    return rules.number(period, identity.settings(work).fiscal_year_start_month)


def pending_request(work: Work, *, period: Period) -> LockRequest | None:
    """The request to lock a period that waits for approval."""
    return store.undecided_request(work, period=period, since=work.now - PATIENCE)


def closings(work: Work) -> list[SealedClosing]:
    """Every closing, oldest first."""
    return store.closings(work)


def last_closing(work: Work) -> SealedClosing | None:
    """The newest closing: its number and hash are what is printed and published."""
    return store.last_closing(work)


def export_closings(work: Work) -> Iterator[str]:
    """The closings as lines for the offline checker: canonical JSON, a tab, the hash in hex."""
    for sealed in store.closings(work):
        form = closing.canonical(work.tenant_id, sealed.closing)
        yield f"{form.decode()}\t{sealed.hash.hex()}"


def verify(work: Work) -> list[Finding]:
    """Everything that is wrong with the closings: their chain, and what their periods hold."""
    return [*_verify_chain(work), *_verify_contents(work)]


def _verify_chain(work: Work) -> Iterator[Finding]:
    previous = GENESIS
    for expected, sealed in enumerate(store.closings(work), start=1):
        made = sealed.closing
        name = made.period.text
        if made.number != expected:
            yield _finding(f"Closing {expected} is missing before that of {name}.", made)
        elif made.prev_hash != previous:
            yield _finding(f"The closing of {name} does not follow the one before it.", made)
        if closing.seal(work.tenant_id, made).hash != sealed.hash:
            yield _finding(f"The closing of {name} was changed.", made)
        previous = sealed.hash


def _verify_contents(work: Work) -> Iterator[Finding]:
    made = [sealed.closing for sealed in store.closings(work)]
    held, locked = store.recounted(work), store.locked_periods(work)
    hashes = store.hashes(work, numbers=[one.head.journal_number for one in made])
    for one in made:
        name = one.period.text
        if held[name] != one.contents:
            yield _finding(f"Period {name} does not hold what it held when it was locked.", one)
        if name not in locked:
            yield _finding(f"Period {name} was locked for good and is not any more.", one)
        if one.head != Head(0, GENESIS) and hashes.get(one.head.journal_number) != one.head.hash:
            yield _finding(f"The journal lacks the end that the closing of {name} names.", one)
    for name in sorted(locked - {one.period.text for one in made}):
        yield Finding("closing", f"Period {name} is locked and has no closing.", subject=name)


def _finding(message: str, made: Closing) -> Finding:
    return Finding("closing", message, subject=made.period.text)
