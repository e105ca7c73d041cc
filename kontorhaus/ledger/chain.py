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
from json.encoder import encode_basestring
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
    return _IntentForm(tenant_id, intent, _json(intent.actor)).of_event(
        transfer, journal_number=journal_number, event_id=event_id, prev_hash=prev_hash
    )


class _IntentForm:
    """What the events of an intent have in common in their canonical form, written once."""

    def __init__(self, tenant_id: TenantId, intent: Intent, actor: str) -> None:
        fx = intent.fx
        self._actor = actor
        self._days = (
            f'"booking_date":"{intent.booking_date.isoformat()}",'
            f'"created_at":{_json(intent.created_at)}'
        )
        self._description = (
            f'"description":{_json(intent.description)},"document":{_json(intent.document_id)}'
        )
        self._reference = (
            f'"external_reference":{_json(intent.external_reference)},'
            f'"fx":{_json(fx and [fx.currency, fx.amount, fx.rate, fx.rate_date, fx.source])},'
            f'"intent":"{intent.id}"'
        )
        self._metadata = f'"metadata":{_json(_as_kept(intent.custom_metadata))}'
        self._period = f'"period":"{intent.period.text}"'
        self._reason = (
            f'"reason":{_json(intent.reason)},"reverses":{_json(intent.reverses)},'
            f'"source":{_json(intent.source)}'
        )
        self._tax_date = f'"tax_date":"{intent.tax_date.isoformat()}"'
        self._tenant = f'"tenant":"{tenant_id}","v":{VERSION}'

    def of_event(
        self, transfer: Transfer, *, journal_number: int, event_id: EventId, prev_hash: bytes
    ) -> bytes:
        """The canonical form of one event."""
        amount = transfer.amount
        return (
            f'{{"account_credit":{_json(transfer.credit)},"account_debit":{_json(transfer.debit)},'
            f'"actor":{self._actor},"amount":"{amount.decimal}",{self._days},'
            f'"currency":{_json(amount.currency)},{self._description},"event":"{event_id}",'
            f'{self._reference},"journal_number":{journal_number},"kind":{_json(transfer.kind)},'
            f'"line":{transfer.line},{self._metadata},"pair":{transfer.pair},{self._period},'
            f'"prev_hash":"{prev_hash.hex()}",{self._reason},"tax_code":{_json(transfer.tax_code)},'
            f'{self._tax_date},"tax_side":{_json(transfer.tax_side)},{self._tenant}}}'
        ).encode()


def _json(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value if value.isascii() else unicodedata.normalize("NFC", value))
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


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
    actors: dict[int, str] = {}
    for intent, transfers in entries:
        actor = actors.get(id(intent.actor)) or _json(intent.actor)
        actors[id(intent.actor)] = actor
        intent_form = _IntentForm(tenant_id, intent, actor)
        for transfer in transfers:
            number += 1
            event_id = EventId(next(event_ids))
            form = intent_form.of_event(
                transfer, journal_number=number, event_id=event_id, prev_hash=previous
            )
            digest = hashlib.sha256(form).digest()
            events.append(Event(number, event_id, intent.id, transfer, previous, digest))
            previous = digest
    return events, Head(number, previous)
