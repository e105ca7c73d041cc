"""Which numbers are taken, and where a series was told to begin."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.runtime.work import Work


def begun_after(work: Work, *, series: str) -> int:
    """The value after which a series was told to begin; 0 if it was not."""
    row = work.connection.execute(
        "select (details->>'value')::bigint from audit where tenant_id = %(tenant)s"
        " and subject = 'series' and subject_id = %(series)s order by id desc limit 1",
        {"tenant": work.tenant_id, "series": series},
    ).fetchone()
    return int(row[0]) if row else 0


def is_taken(work: Work, *, kind: Kind, number: str) -> bool:
    """Whether a document, or a cancellation, of this kind has this number."""
    row = work.connection.execute(
        "select 1 from document where tenant_id = %(tenant)s and type = %(kind)s"
        " and number = %(number)s union all select 1 from cancellation"
        " where tenant_id = %(tenant)s and %(kind)s = 'cancellation' and number = %(number)s",
        {"tenant": work.tenant_id, "kind": kind, "number": number},
    ).fetchone()
    return row is not None


def any_taken(work: Work, *, kind: Kind, numbers: Sequence[str]) -> bool:
    """Whether a document of this kind has one of these numbers."""
    row = work.connection.execute(
        "select 1 from document where tenant_id = %(tenant)s and type = %(kind)s"
        " and number = any(%(numbers)s) limit 1",
        {"tenant": work.tenant_id, "kind": kind, "numbers": list(numbers)},
    ).fetchone()
    return row is not None
