"""Write a hosting company's year: books.journal for hledger, bookings.ndjson for the API.

usage: PYTHONPATH=. python -m benchmarks.bench.generate FOLDER [--customers 2200] [--seed 42]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.bench import hosting_books, hosting_year


def main() -> None:
    """Write both files; the same seed gives the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=2200)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--year", type=int, default=2025)
    given = parser.parse_args()
    year = hosting_year.generate(customers=given.customers, seed=given.seed, year=given.year)
    every = hosting_books.bookings(year)
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, write in (
        ("books.journal", hosting_books.journal_entry),
        ("bookings.ndjson", hosting_books.body),
    ):
        with (given.folder / name).open("w", encoding="utf-8") as file:
            file.writelines(write(booking) for booking in every)


if __name__ == "__main__":
    main()
