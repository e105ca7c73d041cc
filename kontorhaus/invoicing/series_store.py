"""Where a series of numbers was told to begin, from the audit trail."""

from __future__ import annotations

from kontorhaus.runtime.work import Work


def begun_after(work: Work, *, series: str) -> int:
    """The value after which a series was told to begin; 0 if it was not."""
    row = work.connection.execute(
        "select (details->>'value')::bigint from audit where tenant_id = %(tenant)s"
        " and subject = 'series' and subject_id = %(series)s order by id desc limit 1",
        {"tenant": work.tenant_id, "series": series},
    ).fetchone()
    return int(row[0]) if row else 0
