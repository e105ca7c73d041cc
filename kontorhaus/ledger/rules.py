"""Rules of the ledger, pure: how lines become transfers, what a reversal is, what repeats."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money, shares, total
from kontorhaus.kernel.period import Period, month_of, next_month
from kontorhaus.ledger.model import (
    BOOK_CURRENCY,
    AccountType,
    Event,
    Fx,
    Intent,
    Line,
    Place,
    Posting,
    ReportGroup,
    Side,
    Transfer,
)
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCode

# An intent that may be repeated: id, description and external reference.
Earlier = tuple[IntentId, str, str | None]

_MIDDLE_OF_MONTH = 15
# Personal accounts by whose they are: first and last number, and the type. The first number
# stands for "Diverse"; those that are given out begin behind it.
PERSONAL: Mapping[str, tuple[int, int, AccountType]] = {
    "customer": (10_000, 69_999, "asset"),
    "vendor": (70_000, 99_999, "liability"),
}
# Where an account of one's own stands in the reports when nobody says so.
GROUP_OF_TYPE: Mapping[AccountType, ReportGroup] = {
    "asset": "other_assets",
    "liability": "liabilities",
    "equity": "equity",
    "revenue": "revenue",
    "expense": "other_opex",
}
_OTHER_SIDE: Mapping[Side, Side] = {"debit": "credit", "credit": "debit"}


class _Pair(NamedTuple):
    """Part of a debit line against part of a credit line (positions in the entered lines)."""

    debit: int
    credit: int
    cents: int


def transfers(
    lines: Sequence[Line],
    codes: Mapping[str, TaxCode],
    tax_accounts: Collection[str] | None = None,
) -> tuple[Transfer, ...]:
    """The events of entered lines.

    Lines are paired greedily in their order; a pair with a coded line is split into net and tax;
    self-assessed tax (§ 13b, § 1a UStG) follows as one event per coded line. `codes` holds the
    tax codes by upper-case name, `tax_accounts` their accounts where they are known already.
    Invalid: balance_mismatch, invalid_tax_code, tax_lines_mixed.
    """
    _check_balance(lines)
    coded = [None if each.tax_code is None else _code_of(each.tax_code, codes) for each in lines]
    if not any(coded):
        return tuple(_plain(lines))
    _check_manual_tax(lines, coded, accounts_of(codes) if tax_accounts is None else tax_accounts)
    pairs = _pairs(lines)
    taxes = _tax_of_pairs(lines, coded, pairs)
    result: list[Transfer] = []
    for number, pair in enumerate(pairs, start=1):
        if coded[pair.debit] and coded[pair.credit]:
            raise Invalid(
                "tax_lines_mixed",
                "Two lines with tax codes face each other: enter them as two bookings.",
                field="lines",
            )
        result.extend(_split(number, pair, lines, coded, taxes[number - 1]))
    result.extend(_self_assessed(lines, coded, len(pairs)))
    return tuple(result)


def _plain(lines: Sequence[Line]) -> Iterator[Transfer]:
    for number, (debit, credit, cents) in enumerate(_pairs(lines), start=1):
        accounts = lines[debit].account, lines[credit].account
        yield Transfer(*accounts, Money(cents), number, debit + 1)


def accounts_of(codes: Mapping[str, TaxCode]) -> frozenset[str]:
    """The accounts that take the tax of tax codes."""
    return frozenset(
        account
        for code in codes.values()
        for account in (code.vat_account, code.self_assess_account)
        if account
    )


def _check_balance(lines: Sequence[Line]) -> None:
    debit = credit = 0
    for position, line in enumerate(lines):
        if (line.debit.minor > 0) == (line.credit.minor > 0):
            raise Invalid(
                "invalid_input",
                "A line has either a debit or a credit amount above zero.",
                field=f"lines[{position}]",
            )
        debit += line.debit.minor
        credit += line.credit.minor
    if debit != credit or not lines:
        debits, credits_ = Money(debit), Money(credit)
        raise Invalid(
            "balance_mismatch",
            f"Debits are {debits}, credits are {credits_}: they must be equal.",
            debit=debits.decimal,
            credit=credits_.decimal,
        )


def _code_of(name: str, codes: Mapping[str, TaxCode]) -> TaxCode:
    code = codes.get(name.upper())
    if code is None or not code.is_active:
        raise Invalid(
            "invalid_tax_code",
            f"There is no active tax code {name}.",
            field="tax_code",
            tax_code=name,
        )
    return code


def _check_manual_tax(
    lines: Sequence[Line], coded: Sequence[TaxCode | None], accounts: Collection[str]
) -> None:
    for line, code in zip(lines, coded, strict=True):
        if code is None and line.account in accounts:
            raise Invalid(
                "tax_lines_mixed",
                f"Account {line.account} takes tax: use tax codes or post the tax by hand, "
                "not both in one booking.",
                field="lines",
                account=line.account,
            )


def _pairs(lines: Sequence[Line]) -> list[_Pair]:
    """Debit against credit in their order, each step the smaller remainder."""
    left = [line.debit.minor if line.debit.minor > 0 else line.credit.minor for line in lines]
    debits = [position for position, line in enumerate(lines) if line.debit.minor > 0]
    credits_ = [position for position, line in enumerate(lines) if line.debit.minor <= 0]
    pairs: list[_Pair] = []
    debit = credit = 0
    while debit < len(debits) and credit < len(credits_):
        at_debit, at_credit = debits[debit], credits_[credit]
        cents = min(left[at_debit], left[at_credit])
        if lines[at_debit].account == lines[at_credit].account:
            raise Invalid(
                "invalid_input",
                f"Account {lines[at_debit].account} stands on both sides of one pair.",
                field="lines",
            )
        pairs.append(_Pair(at_debit, at_credit, cents))
        left[at_debit] -= cents
        left[at_credit] -= cents
        debit += left[at_debit] == 0
        credit += left[at_credit] == 0
    return pairs


def _tax_of_pairs(
    lines: Sequence[Line], coded: Sequence[TaxCode | None], pairs: Sequence[_Pair]
) -> list[int]:
    """The tax inside each pair: computed once per line, shared cumulatively over its pairs."""
    result = [0] * len(pairs)
    for position, (line, code) in enumerate(zip(lines, coded, strict=True)):
        if code is None or code.self_assess_account or not code.vat_account:
            continue
        mine = [n for n, pair in enumerate(pairs) if position in (pair.debit, pair.credit)]
        _, whole = tax.split_gross(line.amount, code.rate)
        portions = shares(whole, [pairs[n].cents for n in mine])
        for n, portion in zip(mine, portions, strict=True):
            result[n] = portion.minor
    return result


def _split(
    number: int,
    pair: _Pair,
    lines: Sequence[Line],
    coded: Sequence[TaxCode | None],
    tax_cents: int,
) -> Iterator[Transfer]:
    position = pair.credit if coded[pair.credit] else pair.debit
    code = coded[position]
    name = code.code if code else None
    debit, credit = lines[pair.debit].account, lines[pair.credit].account
    side = lines[position].side if code else None
    if net := pair.cents - tax_cents:
        yield Transfer(debit, credit, Money(net), number, position + 1, "net", name, side)
    if tax_cents:
        assert code is not None
        assert code.vat_account is not None
        if side == "debit":
            debit = code.vat_account
        else:
            credit = code.vat_account
        yield Transfer(debit, credit, Money(tax_cents), number, position + 1, "tax", name, side)


def _self_assessed(
    lines: Sequence[Line], coded: Sequence[TaxCode | None], pair_count: int
) -> Iterator[Transfer]:
    number = pair_count
    for position, (line, code) in enumerate(zip(lines, coded, strict=True)):
        if code is None or not code.self_assess_account:
            continue
        amount = tax.tax_on_net(line.amount, code.rate)
        if not amount:
            continue
        number += 1
        own, other = code.vat_account or line.account, code.self_assess_account
        debit, credit = (own, other) if line.side == "debit" else (other, own)
        yield Transfer(
            debit, credit, amount, number, position + 1, "self_assessed", code.code, line.side
        )


def mirrored(events: Sequence[Event]) -> tuple[Transfer, ...]:
    """Every event with debit and credit swapped: a reversal (Storno, § 146 (4) AO)."""
    return tuple(
        replace(
            event.transfer,
            debit=event.transfer.credit,
            credit=event.transfer.debit,
            tax_side=_OTHER_SIDE[event.transfer.tax_side] if event.transfer.tax_side else None,
        )
        for event in events
    )


def closing_of(intent: Intent) -> int | None:
    """13 or 14 for an intent of a closing period."""
    return int(intent.period.text[-2:]) if intent.period.is_closing else None


def reversal(
    *,
    original: Intent,
    events: Sequence[Event],
    booking_date: date,
    tax_date: date,
    reason: str | None,
) -> Posting:
    """The posting that takes an intent back."""
    return Posting(
        booking_date=booking_date,
        description=f"Storno: {original.description}"[:500],
        transfers=mirrored(events),
        source="reversal",
        tax_date=tax_date,
        adjustment_period=closing_of(original) if booking_date == original.booking_date else None,
        external_reference=original.external_reference,
        document_id=original.document_id,
        fx=original.fx,
        reverses=original.id,
        reason=reason,
    )


def nearest_edge(place: Place) -> date:
    """The first day of a month that is nearest to a place: of its own or of the next."""
    own = place.booking_date.replace(day=1)
    return own if place.booking_date.day <= _MIDDLE_OF_MONTH else next_month(own)


def balance_at(edge: date | None, nets: Iterable[tuple[Period, Money]], start_month: int) -> Money:
    """The balance on the eve of the first day of a month, of whole periods; None is all of them.

    P13 and P14 count with the last month of their fiscal year.
    """
    if edge is None:
        return total(net for _, net in nets)
    return total(net for period, net in nets if month_of(period, start_month).first_day < edge)


def kind_of_account(number: str) -> tuple[str, AccountType | None]:
    """Whose account a number means, and the type that follows: five digits are personal."""
    is_number = number.isascii() and number.isdigit() and not number.startswith("0")
    value = int(number) if is_number else 0
    for kind, (first, last, account_type) in PERSONAL.items():
        if first <= value <= last:
            return kind, account_type
    return "general", None


def check_transfers(transfers: Sequence[Transfer], usable: Collection[str]) -> None:
    """There are transfers, and each account is a usable one of the chart.

    Invalid: balance_mismatch for no transfer at all; account_not_found names what is missing.
    """
    if not transfers:
        raise Invalid("balance_mismatch", "A booking needs at least one amount.", field="lines")
    missing = sorted({n for t in transfers for n in (t.debit, t.credit) if n not in usable})
    if missing:
        raise Invalid(
            "account_not_found",
            f"The chart has no active account {', '.join(missing)}.",
            field="account_number",
            accounts=missing,
        )


def check_fx(fx: Fx, lines: Sequence[Line], transfers: Sequence[Transfer]) -> None:
    """The foreign amount is one of another currency, and worth what the lines say in euros.

    Self-assessed tax is computed in euros by the rates of § 16 (6) UStG: not together with fx.
    """
    if fx.currency == BOOK_CURRENCY or fx.amount <= 0:
        message = "fx needs a foreign currency and an amount above zero."
        raise Invalid("invalid_input", message, field="fx")
    if Money.rounded(fx.amount, fx.currency).decimal != fx.amount:
        message = f"{fx.amount} has more digits than {fx.currency} knows."
        raise Invalid("invalid_input", message, field="fx.amount")
    if Money.rounded(fx.amount / fx.rate) != total(line.debit for line in lines):
        message = "The lines in EUR must equal fx.amount / fx.rate."
        raise Invalid("invalid_input", message, field="fx.amount")
    if any(transfer.kind == "self_assessed" for transfer in transfers):
        message = "fx does not go together with self-assessed tax."
        raise Invalid("invalid_input", message, field="fx")


def duplicate_key(posting: Posting) -> bytes:
    """Day, accounts and amounts of a posting as one value."""
    parts = sorted(
        f"{transfer.debit}>{transfer.credit}:{transfer.amount.minor}"
        for transfer in posting.transfers
    )
    text = "\n".join([posting.booking_date.isoformat(), *parts])
    return hashlib.sha256(text.encode()).digest()


def repeated(posting: Posting, others: Iterable[Earlier]) -> IntentId | None:
    """The first of some intents with an equal key that also says the same as a posting."""
    for intent_id, description, reference in others:
        is_same_voucher = posting.external_reference and posting.external_reference == reference
        if is_same_voucher or _normalised(posting.description) == _normalised(description):
            return intent_id
    return None


def _normalised(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def has_year(day: date, begun: Iterable[date]) -> bool:
    """Whether a fiscal year that begins on one of these days holds a day."""
    return any(first <= day < first.replace(year=first.year + 1) for first in begun)
