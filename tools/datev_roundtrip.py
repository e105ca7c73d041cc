"""Reads a DATEV file and writes it again; tells whether every field came back as it was."""

from __future__ import annotations

import sys
from pathlib import Path

from kontorhaus.reports.datev import extf


def main(arguments: list[str]) -> int:
    """Exit code 0 when every field is the same, 1 when one is not, 2 without a path."""
    if len(arguments) != 1:
        print("usage: python -m tools.datev_roundtrip PATH", file=sys.stderr)
        return 2
    before = extf.parse(Path(arguments[0]).read_bytes())
    after = extf.parse(extf.write(before))
    differences = [
        (number, position, old, new)
        for number, (line, again) in enumerate(zip(before, after, strict=True), start=1)
        for position, (old, new) in enumerate(zip(line, again, strict=True), start=1)
        if old != new
    ]
    for number, position, old, new in differences:
        print(f"line {number}, field {position}: {old} became {new}")
    fields = sum(map(len, before))
    print(f"{len(before)} lines, {fields} fields, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
