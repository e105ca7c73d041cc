"""Writing the digests of the journal, some time after its events."""

from __future__ import annotations

from kontorhaus.ledger import store as books
from kontorhaus.ledger.search import rules, store
from kontorhaus.runtime.work import Work


def digest(work: Work, *, limit: int) -> int:
    """Write the digests of at most `limit` whole blocks that have none; how many there were.

    The journal only grows, so a digest stays true.
    """
    head = books.head(work)
    first = store.count(work)
    last = min(head.journal_number // rules.BLOCK_EVENTS if head else 0, first + limit)
    for block in range(first, last):
        low, high = rules.numbers(block)
        texts = store.texts(work, first=low, last=high)
        store.insert(work, block=block, digest=rules.digest(texts))
    return max(last - first, 0)
