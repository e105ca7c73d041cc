"""From the journal to DATEV booking rows: gross rows, keys, automatic accounts, Generalumkehr."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import rules as ledger_rules
from kontorhaus.ledger.charts import ChartAccount, KeyAccounts
from kontorhaus.reports.datev import extf
from kontorhaus.reports.model import JournalEvent, Note
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCase

# Switches the tax computation of an automatic account off.
AUTOMATIC_OFF = "40"

# Where postings on the collective accounts themselves go: "Diverse" of customers and vendors.
DIVERSE_CUSTOMER, DIVERSE_VENDOR = (
    str(ledger_rules.PERSONAL[kind][0]) for kind in ("customer", "vendor")
)

_SWAPPED = {"debit": "credit", "credit": "debit", None: None}


@dataclass(frozen=True)
class Books:
    """What decides how an event goes out: chart, key accounts, tax cases by code.

    `renumbered` are accounts of one's own whose number would be that of another account in DATEV.
    """

    accounts: Mapping[str, ChartAccount]
    key_accounts: KeyAccounts
    cases: Mapping[str, TaxCase]
    account_length: int = 4
    renumbered: Mapping[str, str] = field(default_factory=dict)
    keys: dict[tuple[str, str], str | None] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def automatic(self) -> frozenset[str]:
        """The accounts from which DATEV computes tax."""
        return frozenset(number for number, each in self.accounts.items() if each.is_automatic)

    @cached_property
    def special(self) -> frozenset[str]:
        """The accounts that go out on other ones: collective accounts, opening balances."""
        key = self.key_accounts
        return frozenset((key.receivables, key.payables, key.opening))

    def is_automatic(self, account: str) -> bool:
        """Whether DATEV computes tax from this account."""
        return account in self.automatic

    def off_key(self, *accounts: str) -> str:
        """The key that keeps DATEV from computing tax on a row of these accounts."""
        return AUTOMATIC_OFF if any(map(self.is_automatic, accounts)) else ""

    def tax_key(self, account: str, code: str) -> str | None:
        """The key under which DATEV computes the tax of this code; None if it would not.

        A code of the tenant's own is not known to DATEV.
        """
        place = account, code
        if place not in self.keys:
            self.keys[place] = self._tax_key(account, code)
        return self.keys[place]

    def _tax_key(self, account: str, code: str) -> str | None:
        case = self.cases.get(code)
        if case is None or case.rate is None:
            return None
        if self.is_automatic(account):
            return "" if self.accounts[account].default_tax == code else None
        return case.datev_key or (None if case.rate else "")

    def number(self, account: str) -> str:
        """The number of an account in the file."""
        found = self.numbers.get(account)
        if found is None:
            found = self.numbers[account] = self._number(account)
        return found

    def _number(self, account: str) -> str:
        if is_personal(account):
            return account.ljust(self.account_length + 1, "0")
        return self.renumbered.get(account) or _padded(account, self.account_length)


def outgoing_length(general: Iterable[str]) -> int:
    """Digits of general accounts in the file: those of the longest, four at least."""
    return max(4, max(map(len, general), default=4))


def renumbered(general: Mapping[str, bool], length: int) -> dict[str, str]:
    """The accounts whose number would be that of another one, with the next one that is free.

    `general` tells of each general account whether it belongs to the chart: that one stays.
    """
    taken: dict[str, str] = {}
    result = {}
    for account in sorted(general, key=lambda number: (not general[number], number)):
        wanted = _padded(account, length)
        number = wanted
        while number in taken:
            number = str((int(number) + 1) % 10**length).zfill(length)
        taken[number] = account
        if number != wanted:
            result[account] = number
    return result


def _padded(account: str, length: int) -> str:
    """Leading zeros up to four digits, then zeros at the end: so DATEV lengthens accounts."""
    return account.zfill(4).ljust(length, "0")


class Row(NamedTuple):
    """One booking row. `amount` in cents; `side` S or H says where `account` stands.

    `left_to_datev` is the self-assessed tax that DATEV adds to this row by itself, in cents.
    `is_split` marks an event that goes out by itself because DATEV would compute other cents.
    """

    amount: int
    side: str
    account: str
    contra: str
    key: str
    event: JournalEvent
    journal_numbers: tuple[int, ...]
    left_to_datev: int = 0
    is_split: bool = False


def rows(events: Iterable[JournalEvent], books: Books) -> Iterator[Row]:
    """The booking rows of events, which come in the order of their journal numbers."""
    for _, group in groupby(events, key=itemgetter(1)):
        found = list(group)
        if found[0].is_reversal:
            found = [_original(event) for event in found]
        if len(found) == 1 and found[0].tax_code is None:
            yield _plain_row(found[0], books)
        elif len(found) == 2 and found[1].kind == "tax" and found[0].pair == found[1].pair:
            yield from _coded_rows(found, books)
        else:
            yield from _intent_rows(found, books)


def _original(event: JournalEvent) -> JournalEvent:
    """A reversal goes out as the row of the original again, marked as Generalumkehr."""
    return event._replace(
        account_debit=event.account_credit,
        account_credit=event.account_debit,
        tax_side=_SWAPPED[event.tax_side],
    )


def _intent_rows(events: Sequence[JournalEvent], books: Books) -> Iterator[Row]:
    left = _lines_left_to_datev(events, books)
    pairs: dict[int, list[JournalEvent]] = {}
    for event in events:
        pairs.setdefault(event.pair, []).append(event)
    for _, pair in sorted(pairs.items()):
        first = pair[0]
        if first.kind == "self_assessed":
            if first.line not in left:
                yield from (_plain_row(event, books) for event in pair)
        elif first.tax_code is None:
            yield from (_plain_row(event, books) for event in pair)
        elif first.line in left:
            yield _self_assessed_row(first, left, books)
        else:
            yield from _coded_rows(pair, books)


def _lines_left_to_datev(events: Sequence[JournalEvent], books: Books) -> dict[int, dict[int, int]]:
    """Line → journal number → tax, for lines whose self-assessed tax DATEV finds to the cent."""
    result = {}
    for tax_event in events:
        if tax_event.kind != "self_assessed":
            continue
        nets = [e for e in events if e.kind == "net" and e.line == tax_event.line]
        taxes = {e.journal_number: _computed(e, books) for e in nets}
        known = [amount for amount in taxes.values() if amount is not None]
        if len(known) == len(taxes) and sum(known) == tax_event.amount:
            result[tax_event.line] = dict(zip(taxes, known, strict=True))
    return result


def _computed(event: JournalEvent, books: Books) -> int | None:
    coded, other = _sides(event)
    assert event.tax_code is not None, "a self-assessed line carries its code"
    if books.tax_key(coded, event.tax_code) is None or books.is_automatic(other):
        return None
    rate = books.cases[event.tax_code].rate
    return tax.tax_on_net(Money(event.amount), rate).minor if rate else None


def _sides(event: JournalEvent) -> tuple[str, str]:
    """The coded account and the other one."""
    if event.tax_side == "debit":
        return event.account_debit, event.account_credit
    return event.account_credit, event.account_debit


def _self_assessed_row(
    event: JournalEvent, left: Mapping[int, Mapping[int, int]], books: Books
) -> Row:
    coded, _ = _sides(event)
    key = books.tax_key(coded, event.tax_code or "") or ""
    row = _coded_row(event, event.amount, key, books)
    return row._replace(left_to_datev=left[event.line][event.journal_number])


def _coded_rows(pair: Sequence[JournalEvent], books: Books) -> Iterator[Row]:
    """One gross row where DATEV's own split gives our net and tax, else each event by itself."""
    first = pair[0]
    key = _gross_key(pair, books)
    if key is None:
        yield from (_plain_row(event, books) for event in pair)
        return
    gross = sum(event.amount for event in pair)
    yield _coded_row(first, gross, key, books, tuple(event.journal_number for event in pair))


def _gross_key(pair: Sequence[JournalEvent], books: Books) -> str | None:
    nets = [event for event in pair if event.kind == "net"]
    if len(nets) != 1 or nets[0].tax_code is None:
        return None
    coded, other = _sides(nets[0])
    key = books.tax_key(coded, nets[0].tax_code)
    rate = books.cases[nets[0].tax_code].rate if key is not None else None
    if rate is None or books.is_automatic(other):
        return None
    taxes = sum(event.amount for event in pair if event.kind == "tax")
    return key if finds(nets[0].amount, taxes, rate) else None


def finds(net: int, taxes: int, rate: Decimal) -> bool:
    """Whether DATEV's split of the gross amount, net = gross / (1 + rate), gives these cents."""
    over, under = rate.as_integer_ratio()
    divisor = 100 * under + over
    twice = 200 * under * (net + taxes)
    return 2 * net * divisor <= twice + divisor < 2 * (net + 1) * divisor


def _coded_row(
    event: JournalEvent, amount: int, key: str, books: Books, numbers: tuple[int, ...] = ()
) -> Row:
    """The coded account is the contra account, to which the key belongs."""
    coded, other = _sides(event)
    side = "H" if event.tax_side == "debit" else "S"
    return _row(event, amount, side, (other, coded), key, books, numbers)


def _plain_row(event: JournalEvent, books: Books) -> Row:
    """A row that DATEV shall not compute tax for."""
    debit, credit = event.account_debit, event.account_credit
    is_automatic = debit in books.automatic
    key = AUTOMATIC_OFF if is_automatic or credit in books.automatic else ""
    on_contra = event.tax_side == "debit" if event.tax_side else is_automatic
    side, accounts = ("H", (credit, debit)) if on_contra else ("S", (debit, credit))
    row = _row(event, event.amount, side, accounts, key, books)
    return row._replace(is_split=True) if key or event.tax_code is not None else row


def _row(
    event: JournalEvent,
    amount: int,
    side: str,
    accounts: tuple[str, str],
    key: str,
    books: Books,
    numbers: tuple[int, ...] = (),
) -> Row:
    account, contra = accounts
    key_accounts = books.key_accounts
    if account in books.special or contra in books.special:
        account, contra = (_outgoing(each, event, books) for each in accounts)
        if account == key_accounts.opening:
            account = _opening_for(contra, key_accounts)
        elif contra == key_accounts.opening:
            contra = _opening_for(account, key_accounts)
    return Row(amount, side, account, contra, key, event, numbers or (event.journal_number,))


def _outgoing(account: str, event: JournalEvent, books: Books) -> str:
    """DATEV takes claims and debts on personal accounts only."""
    party = event.party_account or ""
    if account == books.key_accounts.receivables:
        return party if is_customer(party) else DIVERSE_CUSTOMER
    if account == books.key_accounts.payables:
        return party if is_vendor(party) else DIVERSE_VENDOR
    return account


def _opening_for(account: str, key_accounts: KeyAccounts) -> str:
    if is_customer(account):
        return key_accounts.opening_customers
    return key_accounts.opening_vendors if is_vendor(account) else key_accounts.opening


@cache
def _kind(account: str) -> str:
    return ledger_rules.kind_of_account(account)[0]


def is_customer(account: str) -> bool:
    """Whether a number lies in the range of customers."""
    return _kind(account) == "customer"


def is_vendor(account: str) -> bool:
    """Whether a number lies in the range of vendors."""
    return _kind(account) == "vendor"


def is_personal(account: str) -> bool:
    """Whether a number is that of a customer or vendor."""
    return _kind(account) != "general"


def line(row: Row, books: Books, *, is_final: bool) -> str:
    """The text of a row in the file."""
    event = row.event
    day, numbers, taxed = event.booking_date, row.journal_numbers, ""
    if event.tax_code is not None and event.tax_date != day:
        taxed = f"{event.tax_date:%d%m%Y}"
    return extf.booking_line(
        (
            extf.amount(row.amount),
            row.side,
            books.number(row.account),
            books.number(row.contra),
            row.key,
            f"{day.day:02d}{day.month:02d}",
            extf.reference(event.reference) if event.reference else "",
            extf.printable(event.description).strip()[:60].replace('"', '""'),
            f'BEDI ""{event.document_id}""' if event.document_id else "",
            "Journalnummer",
            " ".join(map(str, numbers)) if len(numbers) > 1 else str(numbers[0]),
            "1" if is_final else "0",
            taxed,
            taxed,
            "1" if event.is_reversal else "",
        )
    )


def notes(row: Row, books: Books) -> Iterator[Note]:
    """What the lint has to say about a row."""
    event, number = row.event, row.journal_numbers[0]
    text = extf.printable(event.description).strip()
    if text != unicodedata.normalize("NFC", event.description).strip():
        yield Note("transliterated", number, event.description, text)
    if len(text) > 60:
        yield Note("shortened", number, text, text[:60])
    given = event.reference or ""
    if extf.reference(given) != given:
        yield Note("reference_changed", number, given, extf.reference(given))
    if row.is_split:
        yield Note("split", number, event.tax_code or "", row.key)
    collective = {books.key_accounts.receivables, books.key_accounts.payables}
    for account in sorted({event.account_debit, event.account_credit} & collective):
        outgoing = _outgoing(account, event, books)
        if outgoing in (DIVERSE_CUSTOMER, DIVERSE_VENDOR):
            yield Note("diverse", number, account, outgoing)
