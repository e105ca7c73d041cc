"""The offline checker agrees with the chain that the ledger writes, and sees every change of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import EventId, IntentId, TenantId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import chain
from kontorhaus.ledger.model import GENESIS, Fx, Head, Intent, Transfer
from tools import verify_chain

TENANT = TenantId(UUID(int=1))
FX = Fx("USD", Decimal("10.50"), Decimal("1.0870"), date(2026, 3, 1), "ECB")


def an_intent(number: int, *, fx: Fx | None = None) -> Intent:
    """A booking with a bit of everything that the canonical form holds."""
    return Intent(
        id=IntentId(UUID(int=number)),
        booking_date=date(2026, 3, number),
        period=Period("2026-03"),
        tax_date=date(2026, 3, number),
        description="Büromaterial „Grün“ & Cafe\u0301",
        source="manual",
        total=Money(11900),
        event_count=2,
        external_reference=None,
        custom_metadata={"cost_centre": "4711", "share": Decimal("0.50"), "checked": True},
        document_id=None,
        reverses=None,
        reason=None,
        fx=fx,
        actor={"kind": "user", "label": "Änne"},
        created_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    )


def export() -> list[str]:
    """Six events of three intents, as the ledger exports them."""
    transfers = [
        Transfer("6815", "1800", Money(10000), 1, 1, "net", "VST19", "debit"),
        Transfer("1406", "1800", Money(1900), 1, 1, "tax", "VST19", "debit"),
    ]
    entries = [
        (an_intent(number, fx=FX if number == 2 else None), transfers) for number in (1, 2, 3)
    ]
    ids = (UUID(int=number) for number in itertools.count(100))
    events, _ = chain.link(TENANT, Head(0, GENESIS), entries, ids)
    intents = {intent.id: intent for intent, _ in entries}
    forms = (
        chain.canonical(
            TENANT,
            intents[one.intent_id],
            one.transfer,
            journal_number=one.journal_number,
            event_id=one.id,
            prev_hash=one.prev_hash,
        )
        for one in events
    )
    return [f"{form.decode()}\t{one.hash.hex()}\n" for form, one in zip(forms, events, strict=True)]


def test_an_untouched_export_is_in_order_and_adds_up() -> None:
    journal, findings = verify_chain.check(export())
    assert findings == []
    assert (journal.count, journal.number) == (6, 6)
    assert list(verify_chain.balances(journal)) == [
        "account;period;debit;credit",
        "1406;2026-03;57.00;0.00",
        "1800;2026-03;0.00;357.00",
        "6815;2026-03;300.00;0.00",
    ]


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)


@given(NUMBERS | st.sampled_from([Decimal("1e2"), Decimal("-0.0"), Decimal("7.0")]))
def test_metadata_has_one_form_before_and_after_it_was_stored(number: Decimal) -> None:
    given = {"number": number, "flag": True}
    stored = exact_json.decode(exact_json.encode(given))

    def form(metadata: Any) -> bytes:
        intent = replace(an_intent(1), custom_metadata=metadata)
        return chain.canonical(
            TENANT,
            intent,
            Transfer("6815", "1800", Money(1), 1, 1),
            journal_number=1,
            event_id=EventId(UUID(int=2)),
            prev_hash=GENESIS,
        )

    assert form(stored) == form(given)


def changed(lines: list[str]) -> list[str]:
    """Another amount in the third event."""
    return [
        line.replace('"100.00"', '"1000.00"') if n == 2 else line for n, line in enumerate(lines)
    ]


DAMAGE: list[tuple[Callable[[list[str]], list[str]], str]] = [
    (changed, "event 3: changed"),
    (lambda lines: lines[:2] + lines[3:], "event 4: journal number 3 should stand here"),
    (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "event 3: does not follow"),
    (lambda lines: [*lines[:-1], lines[-1].replace(":6,", ": 6,")], "not in canonical form"),
    (lambda lines: [*lines[:3], "nothing\n"], "line 4: not an event"),
]


@pytest.mark.parametrize(("damage", "expected"), DAMAGE)
def test_damage_is_named_with_its_journal_number(
    damage: Callable[[list[str]], list[str]], expected: str
) -> None:
    _, findings = verify_chain.check(damage(export()))
    assert any(expected in finding for finding in findings)


def test_a_cut_tail_shows_only_against_a_published_end() -> None:
    lines = export()
    end = verify_chain.published(f"6:{lines[-1].rstrip().split(chr(9))[1]}")
    assert verify_chain.check(lines[:4])[1] == []
    assert verify_chain.check(lines, end)[1] == []
    assert "event 6" in verify_chain.check(lines[:4], end)[1][0]


def test_it_runs_on_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "journal.ndjson"
    file.write_text("".join(export()), encoding="utf-8")
    assert verify_chain.main([str(file)]) == 0
    assert "6 events, in order, end 6:" in capsys.readouterr().out
    file.write_text("".join(changed(export())), encoding="utf-8")
    assert verify_chain.main([str(file)]) == 1
