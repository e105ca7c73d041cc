"""Idempotency-Key: a repeated write has one effect and gets the first answer again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions import store, wire_json
from kontorhaus.surfaces.conventions.answers import JSON, Reply
from kontorhaus.surfaces.conventions.store import StoredAnswer

KEPT_FOR = timedelta(days=30)

_LONGEST_KEY = 255
_LARGEST_BODY = 64 * 1024
_WAIT_MILLISECONDS = 2000
_STEP_MILLISECONDS = 50
_REPLAYED = {"Idempotency-Replayed": "true"}

OURS = Reply(0)
"""Says that the key is new: the work is ours to do."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as its credential uses it, for one operation with one body."""

    credential: str
    key: str
    operation: str
    body_hash: bytes


def claim_of(header: str | None, *, credential: str, operation: str, body: bytes) -> Claim | None:
    """The claim of a request; None without a key; Invalid for one that is no key."""
    if header is None:
        return None
    key = header.strip().strip('"')
    if not (key and len(header) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        refusal = Invalid("invalid_input", "An Idempotency-Key has 1 to 255 printable characters.")
        refusal.details = {"Idempotency-Key": "must have 1 to 255 printable characters"}
        raise refusal
    return Claim(credential, key, operation, hashlib.sha256(body).digest())


def patience() -> Iterator[bool]:
    """Tries while a twin is running, for two seconds; True for the last one."""
    for _ in range(_WAIT_MILLISECONDS // _STEP_MILLISECONDS):
        yield False
        time.sleep(_STEP_MILLISECONDS / 1000)
    yield True


def claimed(work: Work, claim: Claim, *, is_last: bool) -> Reply | None:
    """OURS for a new key, the first answer for a known one, None while a twin is running.

    Conflict("idempotency_running") if it still does at the last try;
    Conflict("idempotency_key_reused") for another operation or body.
    """
    is_free, is_ours = store.claim(
        work,
        credential=claim.credential,
        key=claim.key,
        operation=claim.operation,
        body_hash=claim.body_hash,
    )
    if is_ours:
        return OURS
    if not is_free:
        if is_last:
            raise Conflict(
                "idempotency_running",
                "The first request with this key is still running.",
                retry_after_seconds=1,
            )
        return None
    return replayed(work, claim)


def replayed(work: Work, claim: Claim) -> Reply | None:
    """The first answer to a key; None if there is none."""
    found = store.stored(work, credential=claim.credential, key=claim.key)
    if found is None:
        return None
    if (found.operation, found.body_hash) != (claim.operation, claim.body_hash):
        raise Conflict(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another operation or another body.",
        )
    headers = {**found.headers, **_REPLAYED}
    media_type = headers.pop("Content-Type", None)
    return Reply(found.status, found.body.encode(), media_type, headers)


def keep(work: Work, claim: Claim, reply: Reply) -> None:
    """Store a successful answer; of a large one only its hash and the id of its object."""
    content = reply.body if reply.stored is None else reply.stored
    headers = dict(reply.headers)
    if reply.media_type is not None:
        headers["Content-Type"] = JSON
    if len(content) > _LARGEST_BODY or reply.media_type not in (JSON, None):
        content = _digest(content, reply.media_type)
    answer = StoredAnswer(claim.operation, claim.body_hash, reply.status, headers, content.decode())
    store.keep(work, credential=claim.credential, key=claim.key, answer=answer)


def forget_old(work: Work) -> int:
    """Delete the keys of a tenant that are older than 30 days."""
    return store.forget(work, before=work.now - KEPT_FOR)


def _digest(content: bytes, media_type: str | None) -> bytes:
    value = json.loads(content) if media_type == JSON else {}
    found = value.get("id") if isinstance(value, dict) else None
    return wire_json.encode({"id": found, "sha256": hashlib.sha256(content).hexdigest()})
