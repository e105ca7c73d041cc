"""Taxation by receipts (§ 13 (1) no. 1 b, § 20 UStG): tax put off until payment, and released.

What is released so far is always the same share of base and tax as is settled of the item, each
rounded to the cent; a settlement releases what is missing to that. So the last one takes exactly
the rest, in whatever order others came and were taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kontorhaus.kernel.ids import OpenItemId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import rules
from kontorhaus.ledger.model import Transfer
from kontorhaus.ledger.waiting.model import NOTHING, Part, Release, Taking, Waiting
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCode


def put_off(
    transfers: Iterable[Transfer], codes: Mapping[str, TaxCode], collective: str
) -> tuple[Transfer, ...]:
    """The transfers with the tax of own supplies put off where a customer owes them.

    `collective` is the account of claims that may stand for the customer's own. What is paid at
    once (bank, cash) is taxed at once.
    """
    return tuple(_put_off(transfer, codes, collective) for transfer in transfers)


def _put_off(transfer: Transfer, codes: Mapping[str, TaxCode], collective: str) -> Transfer:
    code = codes.get((transfer.tax_code or "").upper())
    if code is None or code.waiting_account is None or transfer.tax_code is None:
        return transfer
    is_debit = transfer.tax_side == "debit"
    other = transfer.credit if is_debit else transfer.debit
    if other != collective and rules.kind_of_account(other)[0] != "customer":
        return transfer
    waiting = replace(transfer, tax_code=tax.waiting(transfer.tax_code))
    if transfer.kind != "tax":
        return waiting
    account = code.waiting_account
    return replace(waiting, debit=account) if is_debit else replace(waiting, credit=account)


def releases(waiting: Iterable[Waiting], takings: Sequence[Taking]) -> list[tuple[Release, ...]]:
    """What each taking releases, in their order; several may take from one item."""
    places: dict[OpenItemId, list[Waiting]] = {}
    for one in waiting:
        places.setdefault(one.item_id, []).append(one)
    taken: dict[OpenItemId, Money] = {}
    result = []
    for taking in takings:
        settled = taken.get(taking.item_id, taking.settled) + taking.taken
        taken[taking.item_id] = settled
        mine = places.get(taking.item_id, [])
        due = [(one, _due(one, settled, taking.amount)) for one in mine]
        places[taking.item_id] = [replace(one, released=one.released + part) for one, part in due]
        result.append(
            tuple(
                Release(one.item_id, one.tax_code, one.account, part) for one, part in due if part
            )
        )
    return result


def _due(one: Waiting, settled: Money, amount: Money) -> Part:
    """What is missing to the share that is settled; a payment gives nothing back.

    So what is released always lies between nothing and the whole, whatever was undone before.
    """

    def missing(whole: Money, released: Money) -> Money:
        share = Money.rounded(whole.decimal * settled.minor / amount.minor, whole.currency)
        due = share - released
        return due if due.minor * whole.minor > 0 else Money.zero(whole.currency)

    return Part(missing(one.whole.net, one.released.net), missing(one.whole.tax, one.released.tax))


def taken_back(found: Iterable[Release], against: Iterable[Waiting]) -> list[Release] | None:
    """The releases of one item, taken back by another against which it is set off.

    Between the two no tax becomes due. None where the other does not have that tax waiting.
    """
    left = {one.tax_code: (one.item_id, one.whole - one.released) for one in against}
    result = []
    for one in found:
        item_id, rest = left.get(one.tax_code, (one.item_id, NOTHING))
        if not _covers(rest.net, one.part.net) or not _covers(rest.tax, one.part.tax):
            return None
        result.append(Release(item_id, one.tax_code, one.account, -one.part))
    return result


def _covers(rest: Money, released: Money) -> bool:
    """Whether an amount of the opposite sign leaves nothing or something of a rest."""
    return released.minor * rest.minor <= 0 and abs(released) <= abs(rest)


def merged(found: Iterable[Release]) -> list[Release]:
    """One release for each item and tax code; those that cancel each other are left out."""
    sums: dict[tuple[OpenItemId, str, str], Part] = {}
    for one in found:
        key = one.item_id, one.tax_code, one.account
        sums[key] = sums.get(key, NOTHING) + one.part
    return [Release(*key, part) for key, part in sums.items() if part]


def owed_accounts(chart: str) -> Mapping[str, str]:
    """The account of tax that is owed, by the account on which the tax waits for payment."""
    return {
        code.waiting_account: code.vat_account
        for code in tax.system_codes(chart).values()
        if code.waiting_account and code.vat_account
    }


def transfers(
    found: Iterable[Release], owed: Mapping[str, str], after: Sequence[Transfer]
) -> tuple[Transfer, ...]:
    """The tax on its way to the account of tax that is owed; one event for each code and account.

    They take their places behind the transfers of the settlement itself.
    """
    sums: dict[tuple[str, str], Money] = {}
    for one in found:
        key = one.tax_code, one.account
        sums[key] = sums.get(key, Money.zero()) + one.part.tax
    pair = max((transfer.pair for transfer in after), default=0)
    line = max((transfer.line for transfer in after), default=0)
    moves = [(key, amount) for key, amount in sorted(sums.items()) if amount]
    return tuple(
        _move(amount, code, account, owed[account], (pair + n, line + n))
        for n, ((code, account), amount) in enumerate(moves, start=1)
    )


def _move(amount: Money, code: str, account: str, owed: str, place: tuple[int, int]) -> Transfer:
    is_owed = amount.minor > 0
    return Transfer(
        debit=account if is_owed else owed,
        credit=owed if is_owed else account,
        amount=abs(amount),
        pair=place[0],
        line=place[1],
        kind="tax",
        tax_code=code,
        tax_side="credit" if is_owed else "debit",
    )
