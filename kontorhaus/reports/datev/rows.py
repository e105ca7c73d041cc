"""From the journal to DATEV booking rows: gross rows, keys, automatic accounts, Generalumkehr."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import rules as ledger_rules
from kontorhaus.ledger.charts import ChartAccount, KeyAccounts
from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev.model import Form, JournalEvent, Place, Row
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCase

# Switches the tax computation of an automatic account off.
AUTOMATIC_OFF = "40"

# Where postings on the collective accounts themselves go: "Diverse" of customers and vendors.
DIVERSE_CUSTOMER, DIVERSE_VENDOR = (
    str(ledger_rules.PERSONAL[kind][0]) for kind in ("customer", "vendor")
)

# Decisions that are remembered, by the forms of the events.
_REMEMBERED = 32_768


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


class Entry(NamedTuple):
    """An event with its form."""

    event: JournalEvent
    form: Form


class Rate(NamedTuple):
    """A rate as whole numbers: net = gross * part / whole; `whole` is even."""

    part: int
    whole: int

    @classmethod
    def of(cls, percent: Decimal) -> Rate:
        """A rate of so many percent."""
        over, under = percent.as_integer_ratio()
        return cls(200 * under, 200 * under + 2 * over)

    def finds(self, net: int, gross: int) -> bool:
        """Whether DATEV's split of the gross amount, net rounded half up, gives this net."""
        part, whole = self
        return 0 <= part * gross + whole // 2 - net * whole < whole


_NO_RATE = Rate(200, 200)


def rows(events: Iterable[JournalEvent], books: Books) -> Iterator[Row]:
    """The booking rows of events, which come in the order of their journal numbers.

    Two sorts of bookings are nearly all of a year, and their forms decide them: one event without
    a code, and a net event with its tax. All others are looked at as a whole.
    """
    form = lru_cache(_REMEMBERED)(Form.parse)
    alone = lru_cache(_REMEMBERED)(lambda text: _alone(form(text), books))
    pair = lru_cache(_REMEMBERED)(lambda net, taxes: _pair(form(net), form(taxes), books))
    rest = iter(events)
    for event in rest:
        place, more = alone(event.form)
        if place is not None:
            yield Row(event.amount, place, event, str(event.journal_number))
            continue
        if more == 1:
            others = [taxes := next(rest)]
            place, rate = pair(event.form, taxes.form)
            gross = event.amount + taxes.amount
            if place is not None and rate.finds(event.amount, gross):
                yield Row(gross, place, event, f"{event.journal_number} {taxes.journal_number}")
                continue
        else:
            others = list(islice(rest, more))
        entries = [Entry(each, form(each.form)) for each in (event, *others)]
        yield from booking_rows(entries, books)


def _alone(form: Form, books: Books) -> tuple[Place | None, int]:
    """The place of an event that is all of its booking and has no code; else how many follow."""
    is_plain = form.events == 1 and form.tax_code is None
    return (_plain_place(form, books) if is_plain else None), form.events - 1


def _pair(net: Form, taxes: Form, books: Books) -> tuple[Place | None, Rate]:
    """The one row of a net event with its tax, as long as DATEV finds the same cents."""
    is_pair = net.kind == "net" and taxes.kind == "tax" and net.pair == taxes.pair
    key, rate = _gross_key(net, books) if is_pair else (None, _NO_RATE)
    return (None if key is None else _coded_place(net, key, books)), rate


def booking_rows(entries: Sequence[Entry], books: Books) -> Iterator[Row]:
    """The rows of all events of one booking."""
    left = _lines_left_to_datev(entries, books)
    pairs: dict[int, list[Entry]] = {}
    for entry in entries:
        pairs.setdefault(entry.form.pair, []).append(entry)
    for _, pair in sorted(pairs.items()):
        event, form = pair[0]
        if form.kind == "self_assessed":
            if form.line not in left:
                yield from _plain_rows(pair, books)
        elif form.tax_code is None:
            yield from _plain_rows(pair, books)
        elif form.line in left:
            yield _self_assessed_row(pair[0], left[form.line][event.journal_number], books)
        else:
            yield from _coded_rows(pair, books)


def _lines_left_to_datev(entries: Sequence[Entry], books: Books) -> dict[int, dict[int, int]]:
    """Line → journal number → tax, for lines whose self-assessed tax DATEV finds to the cent."""
    result = {}
    for tax_event, tax_form in entries:
        if tax_form.kind != "self_assessed":
            continue
        nets = [e for e in entries if e.form.kind == "net" and e.form.line == tax_form.line]
        taxes = {e.event.journal_number: _computed(e, books) for e in nets}
        known = [amount for amount in taxes.values() if amount is not None]
        if len(known) == len(taxes) and sum(known) == tax_event.amount:
            result[tax_form.line] = dict(zip(taxes, known, strict=True))
    return result


def _computed(entry: Entry, books: Books) -> int | None:
    form = entry.form
    coded, other = _sides(form)
    assert form.tax_code is not None, "a self-assessed line carries its code"
    if books.tax_key(coded, form.tax_code) is None or books.is_automatic(other):
        return None
    rate = books.cases[form.tax_code].rate
    return tax.tax_on_net(Money(entry.event.amount), rate).minor if rate else None


def _sides(form: Form) -> tuple[str, str]:
    """The coded account and the other one."""
    if form.tax_side == "debit":
        return form.account_debit, form.account_credit
    return form.account_credit, form.account_debit


def _self_assessed_row(entry: Entry, left: int, books: Books) -> Row:
    event, form = entry
    coded, _ = _sides(form)
    key = books.tax_key(coded, form.tax_code or "") or ""
    place = _coded_place(form, key, books)
    return Row(event.amount, place, event, str(event.journal_number), left)


def _coded_rows(pair: Sequence[Entry], books: Books) -> Iterator[Row]:
    """One gross row where DATEV's own split gives our net and tax, else each event by itself."""
    nets = [each for each in pair if each.form.kind == "net"]
    if not nets or any(tax.is_waiting(each.form.tax_code or "") for each in nets):
        # § 20 UStG: what waits, and what a payment releases, is no split of DATEV's
        for row in _plain_rows(pair, books):
            yield row._replace(place=row.place._replace(is_split=False))
        return
    gross = sum(each.event.amount for each in pair)
    key, rate = _gross_key(nets[0].form, books) if len(nets) == 1 else (None, _NO_RATE)
    if key is None or not rate.finds(nets[0].event.amount, gross):
        yield from _plain_rows(pair, books)
        return
    event, form = pair[0]
    numbers = " ".join(str(each.event.journal_number) for each in pair)
    yield Row(gross, _coded_place(form, key, books), event, numbers)


def _gross_key(net: Form, books: Books) -> tuple[str | None, Rate]:
    """The key of the gross row of a net event and the rate behind it; None for no such row."""
    coded, other = _sides(net)
    key = None if net.tax_code is None else books.tax_key(coded, net.tax_code)
    rate = None if key is None else books.cases[net.tax_code or ""].rate
    if rate is None or books.is_automatic(other):
        return None, _NO_RATE
    return key, Rate.of(rate)


def _plain_rows(entries: Iterable[Entry], books: Books) -> Iterator[Row]:
    """Rows that DATEV shall not compute tax for, one an event."""
    for event, form in entries:
        place = _plain_place(form, books)
        yield Row(event.amount, place, event, str(event.journal_number))


def _coded_place(form: Form, key: str, books: Books) -> Place:
    """The coded account is the contra account, to which the key belongs."""
    coded, other = _sides(form)
    side = "H" if form.tax_side == "debit" else "S"
    return _place(form, side, (other, coded), key, books)


def _plain_place(form: Form, books: Books) -> Place:
    debit, credit = form.account_debit, form.account_credit
    is_automatic = debit in books.automatic
    key = AUTOMATIC_OFF if is_automatic or credit in books.automatic else ""
    on_contra = form.tax_side == "debit" if form.tax_side else is_automatic
    side, accounts = ("H", (credit, debit)) if on_contra else ("S", (debit, credit))
    place = _place(form, side, accounts, key, books)
    return place._replace(is_split=bool(key or form.tax_code is not None))


def _place(form: Form, side: str, accounts: tuple[str, str], key: str, books: Books) -> Place:
    account, contra = accounts
    key_accounts = books.key_accounts
    if account in books.special or contra in books.special:
        account, contra = (outgoing(each, form, books) for each in accounts)
        if account == key_accounts.opening:
            account = _opening_for(contra, key_accounts)
        elif contra == key_accounts.opening:
            contra = _opening_for(account, key_accounts)
    fields = extf.accounts_part(side, books.number(account), books.number(contra), key)
    return Place(side, account, contra, key, form, fields)


def outgoing(account: str, form: Form, books: Books) -> str:
    """DATEV takes claims and debts on personal accounts only."""
    party = form.party_account or ""
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
