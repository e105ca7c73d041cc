"""Counters without gaps, by series and tenant."""

from __future__ import annotations

from kontorhaus.runtime.work import Work


def next_value(work: Work, *, series: str) -> int:
    """Count a series up; the first value is 1, and a value that is not committed comes again.

    Nobody else draws from the series until the transaction ends.
    """
    return last_of(work, series=series, count=1)


def last_of(work: Work, *, series: str, count: int) -> int:
    """Count a series up by so many values, all of the caller's; the last of them."""
    row = work.connection.execute(
        "insert into counter (tenant_id, series, value) values (%(tenant)s, %(series)s, %(count)s)"
        " on conflict (tenant_id, series) do update set value = counter.value + %(count)s"
        " returning value",
        {"tenant": work.tenant_id, "series": series, "count": count},
    ).fetchone()
    assert row is not None, "the statement returns its row"
    return int(row[0])


def value(work: Work, *, series: str) -> int:
    """The last value that was given out; 0 before the first."""
    row = work.connection.execute(
        "select value from counter where tenant_id = %(tenant)s and series = %(series)s",
        {"tenant": work.tenant_id, "series": series},
    ).fetchone()
    return int(row[0]) if row else 0


def held(work: Work, *, series: str) -> int:
    """The same; nobody else draws from the series until the transaction ends."""
    return last_of(work, series=series, count=0)


def put(work: Work, *, series: str, value: int) -> None:
    """Let a held series go on after a value."""
    work.connection.execute(
        "update counter set value = %(value)s where tenant_id = %(tenant)s and series = %(series)s",
        {"tenant": work.tenant_id, "series": series, "value": value},
    )
