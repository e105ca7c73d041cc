"""How an invoice is paid by bank transfer: to whom, what for, and the GiroCode of the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.making import letter as letters
from kontorhaus.invoicing.model import Snapshot
from kontorhaus.invoicing.pdf import girocode
from kontorhaus.invoicing.pdf.letter import Letter
from kontorhaus.kernel.money import Money


@dataclass(frozen=True)
class Discount:
    """Skonto: what suffices if it arrives until a day."""

    until: date
    percent: Decimal
    amount: Money


@dataclass(frozen=True)
class Transfer:
    """A transfer as a banking app asks for it; without a code where the PDF has none either.

    `code_size` is the side of the code in modules, `code_path` the outline of its dark ones.
    """

    holder: str
    iban: str
    bic: str
    bank: str
    reference: str
    amount: Money
    discounts: tuple[Discount, ...]
    code_size: int
    code_path: str


def of(paper: Snapshot, remaining: Money) -> Transfer | None:
    """The transfer of what remains; None for an invoice that is not paid by transfer."""
    letter = letters.compose(paper)
    bank = letter.payment.bank or letter.sender.bank if letter.payment else None
    if letter.payment is None or bank is None:
        return None
    holder = bank.holder or letter.sender.name
    size, path = 0, ""
    if letter.payment.has_giro_code and girocode.is_possible(remaining):
        text = girocode.payload(
            holder=holder,
            iban=bank.iban,
            bic=bank.bic,
            amount=remaining,
            reference=letter.payment.reference,
        )
        size, path = girocode.outline(text)
    return Transfer(
        holder=holder,
        iban=bank.iban,
        bic=bank.bic,
        bank=bank.name,
        reference=letter.payment.reference,
        amount=remaining,
        discounts=tuple(_discounts(letter, remaining)),
        code_size=size,
        code_path=path,
    )


def _discounts(letter: Letter, remaining: Money) -> Iterator[Discount]:
    """A discount is taken off the whole; once a part is paid the seller has to say what is left."""
    whole = letter.payment.amount if letter.payment else None
    if letter.terms is None or remaining != whole:
        return
    for step in letter.terms.skonto:
        yield Discount(step.until, step.percent, step.amount)
