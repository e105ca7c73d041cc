"""A year as DATEV archive: time and memory for a million booking rows."""

from __future__ import annotations

import io
import resource
import sys
import time
import zipfile
from datetime import date

from bench import figures, ground, journal

from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import queries as datev_queries
from kontorhaus.runtime.work import SYSTEM, Caller, begin

# two of three events are an invoice, which is one row
ROWS = 1_000_000
CUSTOMERS = 2_200
RUNS = 3
AIM_SECONDS = 5.0
AIM_MEGABYTES = 150.0
YEAR = (date(journal.YEAR, 1, 1), date(journal.YEAR, 12, 31))


def main(rows: int) -> None:
    """Fill a tenant, export its year, count what came out."""
    figures.title(f"DATEV archive of a year with {rows} booking rows")
    with ground.prepared() as base, ground.opened(base) as database:
        tenant = ground.found(base, database)
        journal.fill(base, tenant.id, events=rows * 3 // 2, customers=CUSTOMERS)
        journal.settle(base)
        caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
        times, spent = [], []
        for _ in range(RUNS):
            started, processor = time.perf_counter(), time.process_time()
            with begin(database, caller, read_only=True) as work:
                export = datev_queries.datev_export(work, start=YEAR[0], end=YEAR[1], format="zip")
            times.append(time.perf_counter() - started)
            spent.append(time.process_time() - processor)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if export.rows < rows or _rows_in(export.content) != export.rows:
        raise RuntimeError(f"{export.rows} rows were exported, {rows} and some that are split")
    aim = AIM_SECONDS * export.rows / ROWS
    figures.limit(f"archive of {export.rows} rows", min(times), "s", aim)
    figures.figure("  processor time of the program", min(spent), "s", "the database has its own")
    figures.limit("  memory of the program at its peak", peak, "MB", AIM_MEGABYTES)
    figures.figure("  size", len(export.content) / 1e6, "MB")


def _rows_in(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(
            archive.read(name).count(b"\r\n") - 2
            for name in archive.namelist()
            if extf.BOOKINGS.name in name
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
