"""Rules of importing: what makes a movement the same one when a bank delivers it again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from kontorhaus.banking.model import Entry, KeyedEntry, Statement
from kontorhaus.kernel.money import Money


def keyed(account_iban: str, statements: Sequence[Statement]) -> list[KeyedEntry]:
    """Every entry with its key; equal movements are counted, so that twins stay two.

    Statements of one camt.053 file follow one another, so they are counted together. Reports and
    notifications of one day repeat each other, so each of them is counted for itself.
    """
    counts: Counter[str] = Counter()
    result: list[KeyedEntry] = []
    for statement in statements:
        if statement.kind in ("camt.052", "camt.054"):
            counts = Counter()
        result += _keyed(account_iban, statement.entries, counts)
    return result


def _keyed(account_iban: str, entries: Iterable[Entry], counts: Counter[str]) -> list[KeyedEntry]:
    result: list[KeyedEntry] = []
    for entry in entries:
        key = whole_key = _counted(_content(account_iban, entry), counts)
        if entry.batch_amount is not None and entry.batch_reference:
            whole = _referenced(account_iban, entry, entry.batch_reference, entry.batch_amount)
            whole_key = _counted(whole, Counter())
        result.append(KeyedEntry(key, whole_key, entry))
    return result


def _content(account_iban: str, entry: Entry) -> tuple[str, ...]:
    """The bank's own reference with day and amount; without one, all that the bank tells.

    Texts differ between the formats of one bank, so they count only where nothing else does.
    """
    if entry.bank_reference and entry.batch_size == 1:
        return _referenced(account_iban, entry, entry.bank_reference, entry.amount)
    return (
        account_iban,
        entry.booking_date.isoformat(),
        (entry.value_date or entry.booking_date).isoformat(),
        str(entry.amount),
        entry.counterparty_iban,
        entry.end_to_end_id,
        normal_text(entry.purpose),
        entry.bank_reference,
    )


def _referenced(
    account_iban: str, entry: Entry, reference: str, amount: Money
) -> tuple[str, ...]:
    return (account_iban, reference, entry.booking_date.isoformat(), str(amount))


def _counted(content: tuple[str, ...], counts: Counter[str]) -> str:
    """The hash of the content with the number of equal ones before it."""
    digest = hashlib.sha256("\x1f".join(content).encode()).hexdigest()
    counts[digest] += 1
    return f"{digest}-{counts[digest]}"


def normal_text(text: str) -> str:
    """Letters and digits in lower case: what stays equal when a bank wraps lines differently."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
