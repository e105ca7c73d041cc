"""The form of an event over which its hash goes is canonical JSON, whatever the texts hold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.ids import EventId, FileId, IntentId, TenantId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import chain
from kontorhaus.ledger.model import Fx, Intent, Transfer

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE = st.none() | TEXTS
FX = Fx("USD", Decimal("110.00"), Decimal("1.1"), date(2026, 3, 1), "ECB")


@given(
    description=TEXTS,
    reference=MAYBE,
    reason=MAYBE,
    code=MAYBE,
    fx=st.none() | st.just(FX),
    linked=st.none() | st.just(UUID(int=7)),
    metadata=st.none() | st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.none()),
    cents=st.integers(1, 10**12),
)
def test_keys_are_sorted_and_nothing_is_written_twice(cents: int, **given: Any) -> None:
    code = given["code"]
    transfer = Transfer(
        "1800", "4400", Money(cents), 1, 2, "net", code, None if code is None else "credit"
    )
    intent = Intent(
        id=IntentId(UUID(int=1)),
        booking_date=date(2026, 3, 2),
        period=Period("2026-03"),
        tax_date=date(2026, 2, 28),
        description=given["description"],
        source="manual",
        total=Money(cents),
        event_count=1,
        external_reference=given["reference"],
        custom_metadata=given["metadata"],
        document_id=FileId(given["linked"]) if given["linked"] else None,
        reverses=IntentId(given["linked"]) if given["linked"] else None,
        reason=given["reason"],
        fx=given["fx"],
        actor={"label": given["description"], "id": None, "kind": "user"},
        created_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    )
    form = chain.canonical(
        TenantId(UUID(int=2)),
        intent,
        transfer,
        journal_number=5,
        event_id=EventId(UUID(int=3)),
        prev_hash=bytes(32),
    )
    read = json.loads(form)
    again = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == form
    assert len(read) == 28
    assert read["amount"] == str(Decimal(cents).scaleb(-2))
