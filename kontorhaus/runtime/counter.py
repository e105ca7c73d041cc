"""Counters without gaps, by series and tenant."""

from __future__ import annotations

from kontorhaus.runtime.work import Work


def next_value(work: Work, *, series: str) -> int:
    """Count a series up; the first value is 1, and a value that is not committed comes again.

    Nobody else draws from the series until the transaction ends.
    """
    row = work.connection.execute(
        "insert into counter (tenant_id, series, value) values (%(tenant)s, %(series)s, 1)"
        " on conflict (tenant_id, series) do update set value = counter.value + 1"
        " returning value",
        {"tenant": work.tenant_id, "series": series},
    ).fetchone()
    assert row is not None, "the statement returns its row"
    return int(row[0])
