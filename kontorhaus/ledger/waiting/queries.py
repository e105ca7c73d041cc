"""What is asked about tax that waits for payment."""

from __future__ import annotations

from datetime import date

from kontorhaus.kernel.period import Period
from kontorhaus.ledger.waiting import store
from kontorhaus.runtime.work import Work
from kontorhaus.tax import queries as tax


def codes(work: Work, *, chart: str) -> list[str]:
    """The tax codes whose tax may wait."""
    found = tax.codes(work, chart=chart).values()
    return [code.code for code in found if code.waiting_account]


def has_turnover(work: Work, *, chart: str, since: date) -> bool:
    """Whether turnover whose tax might wait is taxed on a day's month or later."""
    found = codes(work, chart=chart)
    return store.has_turnover(work, since=Period.of(since).text, codes=found)
