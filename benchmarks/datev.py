"""A year as DATEV archive: time and memory for a million booking rows, beside the csv module."""

from __future__ import annotations

import csv
import resource
import sys
import tempfile
import time
import zipfile
from datetime import date

from bench import figures, ground, journal

from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import queries as datev
from kontorhaus.reports.datev.file import DatevExport
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
        with journal.without_indexes(base):
            journal.fill(base, tenant.id, events=rows * 3 // 2, customers=CUSTOMERS)
        journal.settle(base)
        caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
        times, spent = [], []
        for _ in range(RUNS):
            started, processor = time.perf_counter(), time.process_time()
            with begin(database, caller, read_only=True) as work:
                export = datev.datev_export(work, start=YEAR[0], end=YEAR[1], format="zip")
            times.append(time.perf_counter() - started)
            spent.append(time.process_time() - processor)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if export.rows < rows or _rows_in(export) != export.rows:
        raise RuntimeError(f"{export.rows} rows were exported, {rows} and some that are split")
    aim = AIM_SECONDS * export.rows / ROWS
    figures.limit(f"archive of {export.rows} rows", min(times), "s", aim, figures.spread(times, 1))
    figures.figure("  processor time of the program", min(spent), "s", "the database has its own")
    figures.limit("  memory of the program at its peak", peak, "MB", AIM_MEGABYTES)
    figures.figure("  size", export.file.seek(0, 2) / 1e6, "MB")
    figures.figure("csv module, the same columns", _plain(rows), "s", "no database, no archive")


def _rows_in(export: DatevExport) -> int:
    with zipfile.ZipFile(export.file) as archive:
        return sum(
            archive.read(name).count(b"\r\n") - 2
            for name in archive.namelist()
            if extf.BOOKINGS.name in name
        )


def _plain(rows: int) -> float:
    """How long the csv module writes as many rows of 125 columns from memory to a file."""
    made = [
        (f"{n % 90_000},{n % 100:02d}", "S", f"{10_001 + n % CUSTOMERS}", f"RE-{n}")
        for n in range(rows)
    ]
    between, rest = [""] * 3, [""] * 111
    started = time.perf_counter()
    with tempfile.TemporaryFile("w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for amount, side, account, number in made:
            writer.writerow(
                [amount, side, *between, "", account, "4400", "", "0103", number, "", "",
                 f"Hosting für Müller, Rechnung {number}", *rest]
            )  # fmt: skip
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
