"""The plan of the demo: the same two companies on every run, dated by the present month."""

from __future__ import annotations

from datetime import date

from kontorhaus.app.demo import days, lindenhof, nordlicht
from kontorhaus.app.demo.model import Company


def companies(today: date) -> tuple[Company, Company]:
    """Both companies with the twelve full months before the month of `today`."""
    months = days.months(today)
    return nordlicht.plan(months), lindenhof.plan(months)
