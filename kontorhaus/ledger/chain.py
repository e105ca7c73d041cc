"""The hash chain over the journal: the canonical form of an event and its hash (version 1).

docs/hash-chain.md is the written form; tools/verify_chain.py checks an export without us.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from kontorhaus.kernel.ids import EventId, TenantId
from kontorhaus.ledger.model import Event, Head, Intent, Transfer

VERSION = 1


def canonical(
    tenant_id: TenantId,
    intent: Intent,
    transfer: Transfer,
    *,
    journal_number: int,
    event_id: EventId,
    prev_hash: bytes,
) -> bytes:
    """An event as UTF-8 JSON: sorted keys, no blanks, decimals and ids as strings, text in NFC."""
    fx = intent.fx
    fields = {
        "v": VERSION,
        "tenant": str(tenant_id),
        "journal_number": journal_number,
        "event": str(event_id),
        "intent": str(intent.id),
        "booking_date": intent.booking_date.isoformat(),
        "period": intent.period.text,
        "tax_date": intent.tax_date.isoformat(),
        "account_debit": transfer.debit,
        "account_credit": transfer.credit,
        "amount": str(transfer.amount.decimal),
        "currency": transfer.amount.currency,
        "kind": transfer.kind,
        "pair": transfer.pair,
        "line": transfer.line,
        "tax_code": transfer.tax_code,
        "tax_side": transfer.tax_side,
        "description": intent.description,
        "source": intent.source,
        "external_reference": intent.external_reference,
        "metadata": _as_kept(intent.custom_metadata),
        "document": str(intent.document_id) if intent.document_id else None,
        "reverses": str(intent.reverses) if intent.reverses else None,
        "reason": intent.reason,
        "fx": fx and [fx.currency, fx.amount, fx.rate, fx.rate_date, fx.source],
        "actor": intent.actor,
        "created_at": intent.created_at,
        "prev_hash": prev_hash.hex(),
    }
    return json.dumps(
        _plain(fields), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def _as_kept(metadata: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """Metadata as the database gives it back: 1e2 and 100 are one number, and so are 0.0 and 0."""
    return metadata and {
        key: int(value) if isinstance(value, Decimal) and value == int(value) else value
        for key, value in metadata.items()
    }


def _plain(value: object) -> object:
    match value:
        case str():
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        case None | bool() | int():
            return value
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return str(value)


def link(
    tenant_id: TenantId,
    head: Head,
    entries: Sequence[tuple[Intent, Sequence[Transfer]]],
    event_ids: Iterator[UUID],
) -> tuple[list[Event], Head]:
    """Number the transfers of intents and chain them behind `head`; the events and the new head."""
    number, previous = head.journal_number, head.hash
    events: list[Event] = []
    for intent, transfers in entries:
        for transfer in transfers:
            number += 1
            event_id = EventId(next(event_ids))
            form = canonical(
                tenant_id,
                intent,
                transfer,
                journal_number=number,
                event_id=event_id,
                prev_hash=previous,
            )
            digest = hashlib.sha256(form).digest()
            events.append(Event(number, event_id, intent.id, transfer, previous, digest))
            previous = digest
    return events, Head(number, previous)
