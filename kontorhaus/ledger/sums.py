"""What events add up to per account and period, and per tax code and month of the tax date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kontorhaus.ledger.model import Intent, Transfer

_Pair = list[int]


class Sums:
    """Debits and credits in cents, added up before the kept sums are moved by them."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, _Pair]] = {}
        self._codes: dict[tuple[str, str, str], _Pair] = {}
        self._months: dict[str, date] = {}

    def add(self, intent: Intent, transfers: Sequence[Transfer]) -> None:
        """Count the events of an intent in."""
        period = intent.period.text
        accounts = self._accounts.get(period)
        if accounts is None:
            accounts = self._accounts[period] = {}
            # all days of a period lie in one month, those of P13 and P14 in the year's last
            self._months[period] = intent.booking_date.replace(day=1)
        for move in transfers:
            cents = move.amount.minor
            accounts.setdefault(move.debit, [0, 0])[0] += cents
            accounts.setdefault(move.credit, [0, 0])[1] += cents
            if move.tax_code:
                key = move.tax_code, move.kind, intent.tax_date.isoformat()[:7]
                self._codes.setdefault(key, [0, 0])[move.tax_side == "credit"] += cents

    def of_accounts(self) -> Iterator[tuple[str, str, date, int, int]]:
        """Account, period, first day of its month, debit and credit, in their order."""
        keys = sorted((account, period) for period, of in self._accounts.items() for account in of)
        for account, period in keys:
            debit, credit = self._accounts[period][account]
            yield account, period, self._months[period], debit, credit

    def of_codes(self) -> Iterator[tuple[str, str, str, int, int]]:
        """Tax code, kind, month, debit and credit, in their order."""
        for (code, kind, month), (debit, credit) in sorted(self._codes.items()):
            yield code, kind, month, debit, credit
