"""Searching the journal, newest first: what is frequent at once, what is rare by the digests."""

from __future__ import annotations

from kontorhaus.ledger import store as books
from kontorhaus.ledger.model import JournalQuestion, Place
from kontorhaus.ledger.search import rules, store
from kontorhaus.runtime.work import Work

_FIRST_WINDOW = 2_000
_WINDOW = 50_000
_WINDOWS = 10
_FEW_BLOCKS = 48


def places(
    work: Work, *, question: JournalQuestion, high: Place, limit: int
) -> tuple[list[Place], Place | None]:
    """Places that match a search from `high` on, and the first that was not looked at.

    None at the end of the journal. Either all of it was looked at, or 500,000 events.
    """
    found, following = store.places(
        work, question=question, high=high, window=_FIRST_WINDOW, limit=limit
    )
    if following is None or len(found) == limit:
        return found, following
    blocks = _blocks(work, question.search or "")
    if blocks is not None and len(blocks) <= _FEW_BLOCKS:
        found += store.places_of(
            work, question=question, high=following, blocks=blocks, limit=limit - len(found)
        )
        return found, None
    for _ in range(_WINDOWS):
        if following is None or len(found) == limit:
            break
        matches, following = store.places(
            work,
            question=question,
            high=following,
            window=_WINDOW,
            limit=limit - len(found),
            blocks=blocks,
        )
        found += matches
    return found, following


def _blocks(work: Work, search: str) -> list[int] | None:
    """The blocks of the journal that can hold a text; None if nothing is known of it.

    Those without a digest, the last ones, are among them.
    """
    bits = rules.bits(store.lower(work, text=search))
    head = books.head(work)
    if not bits or head is None:
        return None
    tail = range(store.count(work), rules.block_of(head.journal_number) + 1)
    return [*store.blocks_with(work, bits=bits), *tail]
