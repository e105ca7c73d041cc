"""Posting opening balances: they start a ledger, against account 9000."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict
from kontorhaus.ledger import journal_store, posting, store
from kontorhaus.ledger.charts import KEY_ACCOUNTS
from kontorhaus.ledger.model import OPENING, Line, Posted, Posting
from kontorhaus.ledger.opening import rules
from kontorhaus.runtime.work import Work

_DESCRIPTION = "Eröffnungsbuchung"


def open_balances(work: Work, *, booking_date: date, lines: Sequence[Line]) -> Posted:
    """Post the balances with which a ledger starts as one intent; lines of nothing are left out.

    Invalid: invalid_balance_entry, balance_mismatch, accounts_not_found,
    account_type_not_allowed, account_9000_missing. Conflict: period_locked,
    opening_balances_exist.
    """
    opening = KEY_ACCOUNTS[identity.settings(work).chart].opening
    numbers = sorted({opening, *(line.account for line in lines)})
    known = store.accounts(work, numbers=numbers)
    for line in lines:
        rules.check_one_side(line)
    rules.check_accounts(lines, known, opening)
    transfers = rules.transfers(lines, opening)
    posting.enter_period(work, booking_date=booking_date)
    store.lock_head(work, duplicate_keys=())
    earlier = journal_store.before_opening(
        work, booking_date=booking_date, source=OPENING, types=rules.BALANCE_SHEET_TYPES
    )
    if earlier:
        raise Conflict(
            "opening_balances_exist",
            "The ledger has begun: reverse the opening balances of this day first, "
            "and none go behind a posting of a balance-sheet account.",
            intent_id=str(earlier),
        )
    wanted = Posting(booking_date, _DESCRIPTION, transfers, OPENING)
    return posting.post(work, postings=[wanted])[0]
