"""The hash chain over the journal: the canonical form of an event and its hash (version 1).

docs/hash-chain.md is the written form; tools/verify_chain.py checks an export without us.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from uuid import UUID

from kontorhaus.kernel.ids import EventId, TenantId
from kontorhaus.ledger.model import BOOK_CURRENCY, Event, Head, Intent, Transfer

VERSION = 1
_NULL = "null"

# Journal number, id and hash before it of an event's place in the chain; the form it has there.
_Form = Callable[[Transfer, int, UUID, bytes], bytes]


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
    common = _Common(tenant_id, intent)
    return _form(common, intent)(transfer, journal_number, event_id, prev_hash)


class _Common:
    """What the events of one tenant, actor and instant have in common, written once."""

    __slots__ = ("actor", "created_at", "instant", "tenant", "who")

    def __init__(self, tenant_id: TenantId, intent: Intent) -> None:
        self.who, self.instant = intent.actor, intent.created_at
        self.actor = _json(intent.actor)
        self.created_at = _json(intent.created_at)
        self.tenant = f'"tenant":"{tenant_id}","v":{VERSION}}}'

    def fits(self, intent: Intent) -> bool:
        """Whether an intent shares it."""
        return intent.actor is self.who and intent.created_at == self.instant


def _form(common: _Common, intent: Intent) -> _Form:
    """The form of the events of an intent: all that they share is written once."""
    fx, metadata = intent.fx, intent.custom_metadata
    before_amount = f',"actor":{common.actor},"amount":"'
    before_event = (
        f'","booking_date":"{intent.booking_date.isoformat()}","created_at":{common.created_at},'
        f'"currency":"{BOOK_CURRENCY}","description":{_text(intent.description)},'
        f'"document":{_id(intent.document_id)},"event":"'
    )
    foreign = fx and _json([fx.currency, fx.amount, fx.rate, fx.rate_date, fx.source])
    before_number = (
        f'","external_reference":{_text(intent.external_reference)},"fx":{foreign or _NULL},'
        f'"intent":"{intent.id}","journal_number":'
    )
    before_pair = f',"metadata":{_NULL if metadata is None else _json(_as_kept(metadata))},"pair":'
    before_hash = f',"period":"{intent.period.text}","prev_hash":"'
    before_code = (
        f'","reason":{_text(intent.reason)},"reverses":{_id(intent.reverses)},'
        f'"source":{_word(intent.source)},"tax_code":'
    )
    before_side = f',"tax_date":"{intent.tax_date.isoformat()}","tax_side":'

    def of_event(move: Transfer, number: int, event_id: UUID, previous: bytes) -> bytes:
        cents = move.amount.minor
        return (
            f'{{"account_credit":{_word(move.credit)},"account_debit":{_word(move.debit)}'
            f"{before_amount}{cents // 100}.{cents % 100:02d}{before_event}{event_id}"
            f'{before_number}{number},"kind":{_word(move.kind)},"line":{move.line}{before_pair}'
            f"{move.pair}{before_hash}{previous.hex()}{before_code}{_word(move.tax_code)}"
            f"{before_side}{_word(move.tax_side)},{common.tenant}"
        ).encode()

    return of_event


def _text(value: str | None) -> str:
    if value is None:
        return _NULL
    return encode_basestring(value if value.isascii() else unicodedata.normalize("NFC", value))


# Account numbers, codes and kinds come again and again.
_word = lru_cache(maxsize=10_000)(_text)


def _id(value: UUID | None) -> str:
    return _NULL if value is None else f'"{value}"'


def _json(value: object) -> str:
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _as_kept(metadata: Mapping[str, object]) -> Mapping[str, object]:
    """Metadata as the database gives it back: 1e2 and 100 are one number, and so are 0.0 and 0."""
    return {
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
    entries: Iterable[tuple[Intent, Sequence[Transfer]]],
    event_ids: Iterator[UUID],
) -> tuple[list[Event], Head]:
    """Number the transfers of intents and chain them behind `head`; the events and the new head."""
    number, previous = head.journal_number, head.hash
    events: list[Event] = []
    common: _Common | None = None
    for intent, transfers in entries:
        if common is None or not common.fits(intent):
            common = _Common(tenant_id, intent)
        form = _form(common, intent)
        for transfer in transfers:
            number += 1
            event_id = EventId(next(event_ids))
            digest = hashlib.sha256(form(transfer, number, event_id, previous)).digest()
            events.append(Event(number, event_id, intent.id, transfer, previous, digest))
            previous = digest
    return events, Head(number, previous)
