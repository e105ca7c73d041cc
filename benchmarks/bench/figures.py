"""Printing figures, one a line, and saying on which machine they were taken."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def title(text: str) -> None:
    """Begin a benchmark: what it measures, when and where."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    print(f"\n# {text}\n# {stamp}; {machine()}", flush=True)


def machine() -> str:
    """Processor, cores, memory, kernel, Python and how busy others keep the machine."""
    described = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [
        line.partition(":")[2].strip()
        for line in described.splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores {models[0] if models else platform.machine()},"
        f" {memory:.0f} GB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def figure(name: str, value: float, unit: str, note: str = "") -> None:
    """One figure."""
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    print(f"{name:<46} {value:>10.{digits}f} {unit:<12} {note}".rstrip(), flush=True)


def missing(name: str, remedy: str) -> None:
    """A peer that this machine has not."""
    print(f"{name:<46} {'missing':>10} {'':<12} {remedy}", flush=True)


def ratio(name: str, value: float, aim: float | None = None, note: str = "") -> None:
    """A ratio, with what it should at least be."""
    wanted = "" if aim is None else f"aim at least {aim:g}: {'met' if value >= aim else 'MISSED'}"
    figure(name, value, "x", "; ".join(part for part in (wanted, note) if part))


def limit(name: str, value: float, unit: str, most: float, note: str = "") -> None:
    """A figure with what it should at most be."""
    wanted = f"aim at most {most:g}: {'met' if value <= most else 'MISSED'}"
    figure(name, value, unit, "; ".join(part for part in (wanted, note) if part))


def quantile(values: Sequence[float], part: float) -> float:
    """The value that `part` (0..1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Several rounds as a note."""
    return "rounds " + " ".join(f"{value:.{digits}f}" for value in values)


median = statistics.median
