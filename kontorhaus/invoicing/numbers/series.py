"""Drawing numbers from the counters of their series, gapless (§ 14 (4) Nr. 4 UStG)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing.numbers import formats as numbers
from kontorhaus.invoicing.numbers import store
from kontorhaus.invoicing.numbers.formats import Kind
from kontorhaus.kernel import number_format as formatted
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime import counter
from kontorhaus.runtime.work import Json, Work


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number, and how the audit trail accounts for its value in the series."""

    number: str
    account: dict[str, Json]


def format_of(work: Work, *, kind: Kind) -> str:
    """The format of a series; the usual one where the stored one could not tell its numbers."""
    stored = identity.settings(work).number_formats.get(kind)
    return stored if stored and not formatted.trouble(stored) else numbers.DEFAULT_FORMATS[kind]


def following(work: Work, *, kind: Kind, day: date) -> str:
    """The number that a document of that day would get if it were drawn now."""
    number_format = format_of(work, kind=kind)
    value = counter.value(work, series=f"document:{numbers.series(kind, number_format, day.year)}")
    while True:
        value += 1
        number = formatted.number(number_format, year=day.year, value=value)
        if not store.is_taken(work, kind=kind, number=number):
            return number


def has_begun(work: Work, *, kind: Kind, day: date) -> bool:
    """Whether a number was drawn from the series of a day."""
    name = numbers.series(kind, format_of(work, kind=kind), day.year)
    value = counter.value(work, series=f"document:{name}")
    return value != store.begun_after(work, series=name)


def begin(work: Work, *, kind: Kind, day: date, first: int) -> None:
    """Let a series begin with a value: the one after the last that another program gave out.

    Conflict("series_begun") once a number of it was drawn.
    """
    name = numbers.series(kind, format_of(work, kind=kind), day.year)
    held = counter.held(work, series=f"document:{name}")
    if held != store.begun_after(work, series=name):
        raise Conflict(
            "series_begun",
            "Numbers of this series are given out already: it goes on without a gap.",
            field=f"numbers.{kind}.startAt",
        )
    counter.put(work, series=f"document:{name}", value=first - 1)
    work.record(
        "invoicing.series_begun",
        subject="series",
        subject_id=name,
        details={"series": name, "value": first - 1},
    )


def draw(work: Work, *, kind: Kind, day: date, document_id: DocumentId) -> Drawn:
    """The next free number of a series; nobody else draws from it until the transaction ends.

    A number that was given by hand before is skipped.
    """
    number_format = format_of(work, kind=kind)
    name = numbers.series(kind, number_format, day.year)
    while True:
        value = counter.next_value(work, series=f"document:{name}")
        number = formatted.number(number_format, year=day.year, value=value)
        account: dict[str, Json] = {"series": name, "value": value}
        if not store.is_taken(work, kind=kind, number=number):
            return Drawn(number, account)
        work.record(
            "invoicing.number_skipped",
            subject="document",
            subject_id=document_id,
            details={"number": number, **account},
        )


def draw_all(work: Work, *, kind: Kind, days: Sequence[date]) -> list[Drawn]:
    """The next numbers of the series that the days belong to, one for each, in their order.

    Conflict("number_taken") if one of them was given by hand before: draw them one by one then.
    """
    number_format = format_of(work, kind=kind)
    names = [numbers.series(kind, number_format, day.year) for day in days]
    values = {
        name: counter.last_of(work, series=f"document:{name}", count=count) - count
        for name, count in Counter(names).items()
    }
    drawn = []
    for name, day in zip(names, days, strict=True):
        values[name] += 1
        number = formatted.number(number_format, year=day.year, value=values[name])
        drawn.append(Drawn(number, {"series": name, "value": values[name]}))
    if store.any_taken(work, kind=kind, numbers=[each.number for each in drawn]):
        raise Conflict("number_taken", "A number of this series is given out already.")
    return drawn
