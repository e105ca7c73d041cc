"""Work that runs ahead in a thread of its own while somebody works on what it brought."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Block = TypeVar("Block")


def ahead(blocks: Iterable[Block], depth: int) -> Iterator[Block]:
    """The same blocks in the same order; up to `depth` of them are made before they are taken.

    What the making raises is raised to who takes. No block is None.
    """
    rest = iter(blocks)
    with ThreadPoolExecutor(1) as thread:
        coming = deque(thread.submit(next, rest, None) for _ in range(depth))
        try:
            while (block := coming.popleft().result()) is not None:
                coming.append(thread.submit(next, rest, None))
                yield block
        finally:
            thread.shutdown(cancel_futures=True)
