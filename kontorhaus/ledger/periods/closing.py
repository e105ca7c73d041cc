"""The seal of a locked period: the canonical form of a closing and its hash (version 1).

docs/hash-chain.md is the written form; tools/verify_chain.py checks an export without us.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC

from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger.periods.model import Closing, Person, SealedClosing

VERSION = 1


def canonical(tenant_id: TenantId, closing: Closing) -> bytes:
    """A closing as UTF-8 JSON in the spelling of the journal's chain."""
    contents = closing.contents
    fields = {
        "v": closing.version,
        "tenant": str(tenant_id),
        "closing_number": closing.number,
        "period": closing.period.text,
        "request": str(closing.request_id),
        "booking_count": contents.booking_count,
        "event_count": contents.event_count,
        "total": str(contents.total.decimal),
        "currency": contents.total.currency,
        "first_journal_number": contents.first_number,
        "last_journal_number": contents.last_number,
        "events_hash": contents.events_hash.hex(),
        "head_journal_number": closing.head.journal_number,
        "head_hash": closing.head.hash.hex(),
        "requested_by": _person(closing.requested_by),
        "approved_by": _person(closing.approved_by),
        "self_approved": closing.is_self_approved,
        "locked_at": closing.locked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "prev_hash": closing.prev_hash.hex(),
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _person(person: Person) -> list[str]:
    return [str(person.user_id), unicodedata.normalize("NFC", person.name)]


def seal(tenant_id: TenantId, closing: Closing) -> SealedClosing:
    """The closing with its hash."""
    return SealedClosing(closing, hashlib.sha256(canonical(tenant_id, closing)).digest())
