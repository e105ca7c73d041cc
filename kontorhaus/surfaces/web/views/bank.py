"""The bank: an account's lines on the left, what a line most likely settles on the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from kontorhaus.banking.model import BankAccountOverview, BankTransaction, Claim, Suggestion
from kontorhaus.kernel.money import Money

SHOWN = ("open", "suggested", "done")
SURE = Decimal("0.9")


@dataclass(frozen=True)
class BankRow:
    """One line of the list; `tone` is sure, maybe, done or open."""

    transaction: BankTransaction
    href: str
    tone: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class PreviewLine:
    """What accepting would post on one account."""

    account: str
    name: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True)
class Offer:
    """A possible settlement; `targets` are what its form sends, one per claim."""

    suggestion: Suggestion
    hrefs: Mapping[UUID, str]
    preview: tuple[PreviewLine, ...]
    targets: tuple[str, ...]
    rest: Money

    @property
    def is_sure(self) -> bool:
        """Whether it may be taken without a second look."""
        return self.suggestion.score >= SURE

    @property
    def total(self) -> Money:
        """What the claims of the offer have open."""
        return Money(sum(claim.remaining for claim in self.claims))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The open items it would settle."""
        return self.suggestion.claims


@dataclass(frozen=True)
class Match:
    """The chosen line with its offers, best first, or the booking that settled it."""

    transaction: BankTransaction
    offers: tuple[Offer, ...]
    intent_href: str
    accept_href: str
    unmatch_href: str


@dataclass(frozen=True)
class Done:
    """The line matched just now, for the note that offers to take it back."""

    name: str
    amount: Money
    unmatch_href: str


@dataclass(frozen=True)
class AccountTab:
    """A bank account to change to."""

    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class BankPage:
    """The page of one bank account; `counts` by filter."""

    overview: BankAccountOverview
    tabs: tuple[AccountTab, ...]
    show: str
    counts: Mapping[str, int]
    on: date
    bank_balance: Money
    ledger_balance: Money
    rows: tuple[BankRow, ...]
    hidden_count: int
    match: Match | None
    done: Done | None
    upload_href: str

    @property
    def difference(self) -> Money:
        """What the bank has more than the books."""
        return self.bank_balance - self.ledger_balance

    @property
    def done_count(self) -> int:
        """Lines that need nothing any more."""
        return self.overview.transaction_count - self.overview.unreconciled_count


@dataclass(frozen=True)
class FirstAccount:
    """The form for the first bank account; complaints by field."""

    name: str = ""
    iban: str = ""
    complaints: Mapping[str, str] = field(default_factory=dict)
