"""The order of periods, who may lock them, and the seal of a closing with its offline check."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from kontorhaus.kernel.errors import Conflict, Denied
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import GENESIS, Head
from kontorhaus.ledger.periods import closing, rules
from kontorhaus.ledger.periods.model import (
    Closing,
    Contents,
    LockRequest,
    LockRequestId,
    Outcome,
    Person,
    SealedClosing,
)
from tests.rules.test_verify_chain import export
from tools import verify_chain

TENANT = TenantId(UUID(int=1))
ANNA, BERT, CARL = (UserId(UUID(int=number)) for number in (11, 12, 13))
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start_month", "text", "number", "first", "last"),
    [
        (1, "2026-01", 1, "2026-01-01", "2026-01-31"),
        (1, "2028-02", 2, "2028-02-01", "2028-02-29"),
        (1, "2026-12", 12, "2026-12-01", "2026-12-31"),
        (1, "2026-P13", 13, "2026-12-31", "2026-12-31"),
        (7, "2026-07", 1, "2026-07-01", "2026-07-31"),
        (7, "2027-06", 12, "2027-06-01", "2027-06-30"),
        (7, "2026-P14", 14, "2027-06-30", "2027-06-30"),
        (3, "2027-P13", 13, "2028-02-29", "2028-02-29"),
    ],
)
def test_a_period_has_its_place_and_its_days(
    start_month: int, text: str, number: int, first: str, last: str
) -> None:
    period = Period(text)
    assert rules.number(period, start_month) == number
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert rules.days(period, start_month) == days


def test_closing_periods_follow_the_last_month_of_their_year() -> None:
    texts = ["2026-07", "2025-P14", "2025-P13", "2026-06", "2025-07"]
    ordered = sorted(map(Period, texts), key=lambda period: rules.order(period, 7))
    assert [period.text for period in ordered] == list(reversed(texts))


def request(*members: UserId, outcome: Outcome | None = None) -> LockRequest:
    return LockRequest(
        LockRequestId(UUID(int=5)),
        Period("2026-03"),
        Person(ANNA, "Anna"),
        frozenset(members),
        NOON,
        outcome,
    )


@pytest.mark.parametrize(
    ("members", "approver", "may"),
    [
        ((ANNA, BERT), BERT, True),
        ((ANNA, BERT), ANNA, False),
        ((ANNA,), ANNA, True),
        ((ANNA,), BERT, False),
        ((ANNA, BERT), CARL, False),
    ],
)
def test_four_eyes(members: tuple[UserId, ...], approver: UserId, may: bool) -> None:
    if may:
        rules.check_approver(request(*members), approver)
        return
    with pytest.raises(Denied) as refusal:
        rules.check_approver(request(*members), approver)
    assert refusal.value.code == "self_approval_denied"


@pytest.mark.parametrize(
    ("age", "outcome", "code"),
    [
        (timedelta(hours=48), None, "request_expired"),
        (timedelta(hours=1), "cancelled", "request_not_pending"),
        (timedelta(hours=99), "approved", "request_not_pending"),
    ],
)
def test_what_was_decided_or_is_too_old_is_not_approved(
    age: timedelta, outcome: Outcome | None, code: str
) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.check_pending(request(ANNA, outcome=outcome), NOON + age)
    assert refusal.value.code == code


def test_a_request_can_be_approved_up_to_its_last_moment() -> None:
    rules.check_pending(request(ANNA), NOON + timedelta(hours=48, microseconds=-1))


def closings(events: list[str]) -> list[SealedClosing]:
    """March with all events of a journal, then April with none."""
    digests = [bytes.fromhex(each.split("\t")[1]) for each in events]
    cents = sum(int(json.loads(each.split("\t")[0])["amount"].replace(".", "")) for each in events)
    head = Head(len(events), digests[-1])
    march = Contents(
        booking_count=3,
        event_count=len(events),
        total=Money(cents),
        first_number=1,
        last_number=len(events),
        events_hash=hashlib.sha256(b"".join(digests)).digest(),
    )
    april = Contents(0, 0, Money(0), None, None, hashlib.sha256().digest())
    sealed: list[SealedClosing] = []
    for number, (text, contents) in enumerate([("2026-03", march), ("2026-04", april)], start=1):
        made = Closing(
            version=closing.VERSION,
            number=number,
            period=Period(text),
            request_id=LockRequestId(UUID(int=number)),
            contents=contents,
            head=head,
            requested_by=Person(ANNA, "A\u0308nne"),
            approved_by=Person(BERT, "Bert"),
            locked_at=NOON,
            prev_hash=sealed[-1].hash if sealed else GENESIS,
        )
        sealed.append(closing.seal(TENANT, made))
    return sealed


def lines(sealed: list[SealedClosing]) -> list[str]:
    forms = [closing.canonical(TENANT, each.closing).decode() for each in sealed]
    return [f"{form}\t{one.hash.hex()}\n" for form, one in zip(forms, sealed, strict=True)]


def test_the_form_of_a_closing_is_as_the_documentation_says() -> None:
    (first, _) = closings(export())
    assert json.loads(closing.canonical(TENANT, first.closing)) == {
        "v": 1,
        "tenant": str(TENANT),
        "closing_number": 1,
        "period": "2026-03",
        "request": str(UUID(int=1)),
        "booking_count": 3,
        "event_count": 6,
        "total": "357.00",
        "currency": "EUR",
        "first_journal_number": 1,
        "last_journal_number": 6,
        "events_hash": first.closing.contents.events_hash.hex(),
        "head_journal_number": 6,
        "head_hash": first.closing.head.hash.hex(),
        "requested_by": [str(ANNA), "Änne"],
        "approved_by": [str(BERT), "Bert"],
        "self_approved": False,
        "locked_at": "2026-04-01T12:00:00.000000Z",
        "prev_hash": "0" * 64,
    }


def test_the_offline_checker_finds_closings_in_order() -> None:
    events = export()
    journal, findings = verify_chain.check([*events, *lines(closings(events))])
    assert findings == []
    assert (journal.count, journal.closings) == (6, 2)


def changed(row: str, before: str, after: str) -> str:
    """A closing rewritten with a hash that fits."""
    form = row.split("\t")[0]
    assert before in form
    form = form.replace(before, after)
    return f"{form}\t{hashlib.sha256(form.encode()).hexdigest()}\n"


def test_the_offline_checker_sees_every_change_of_closings() -> None:
    events = export()
    first, second = lines(closings(events))
    cases = {
        "closing 1: changed": [first.replace('"v":1', '"v":2'), second],
        "closing 2: closing 1 should stand here": [second],
        "closing 1: event_count": [changed(first, '"event_count":6', '"event_count":5'), second],
        "closing 1: total": [changed(first, "357.00", "356.00"), second],
        "closing 1: the journal lacks": [
            changed(first, '"head_journal_number":6', '"head_journal_number":5'),
            second,
        ],
        "closing 2: does not follow": [changed(first, "Bert", "Berta"), second],
    }
    for said, rows in cases.items():
        _, findings = verify_chain.check([*events, *rows])
        assert any(finding.startswith(said) for finding in findings), said
    _, findings = verify_chain.check([*events[:5], first, second])
    assert "closing 1: the journal lacks the end that it names" in findings
    _, findings = verify_chain.check([*events[:5], first, events[5]])
    assert "event 6: stands after a closing" in findings
