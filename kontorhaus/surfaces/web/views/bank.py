"""The bank: an account's lines on the left, what a line most likely settles on the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from kontorhaus.banking import queries as banking
from kontorhaus.banking.model import (
    BOOKING,
    BankAccountOverview,
    BankTransaction,
    Claim,
    Suggestion,
    TransactionFilter,
)
from kontorhaus.kernel.ids import BankAccountId, BankTransactionId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as ledger
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import offers

SHOWN = ("open", "suggested", "done")
SURE = Decimal("0.9")
ROWS = 200
_STATUSES = {"open": "unreconciled", "suggested": "unreconciled", "done": "reconciled"}


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
    """A possible settlement; `targets` are what its form sends, `rest` stays open after it."""

    suggestion: Suggestion
    preview: tuple[PreviewLine, ...]
    targets: tuple[str, ...]
    rest: Money

    @property
    def total(self) -> Money:
        """What its claims have open."""
        return Money(abs(sum(claim.remaining for claim in self.claims)))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The open items, or the booking, that it would be matched with."""
        return self.suggestion.claims


@dataclass(frozen=True)
class Match:
    """The chosen line with its offers, best first, or the booking that settled it."""

    transaction: BankTransaction
    offers: tuple[Offer, ...]
    intent_href: str
    accept_href: str
    next_href: str
    unmatch_href: str


@dataclass(frozen=True)
class Done:
    """The line matched just now, for the note that offers to take it back."""

    name: str
    amount: Money
    unmatch_href: str


@dataclass(frozen=True)
class Imported:
    """What a statement brought, for the note after reading it."""

    new: int
    known: int


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
    imported: Imported | None
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


@dataclass(frozen=True)
class BankView:
    """What an address asks of the page: `line` is chosen, `done` was matched just now."""

    show: str = "open"
    line: BankTransactionId | None = None
    done: BankTransactionId | None = None
    imported: Imported | None = None


def build(work: Work, *, account_id: BankAccountId, wanted: BankView) -> BankPage:
    """One bank account beside the books; NotFound("not_found")."""
    overview = banking.bank_account(work, bank_account_id=account_id)
    bank_balance, ledger_balance = banking.balances(work, account=overview.account)
    show = wanted.show if wanted.show in SHOWN else "open"
    offered = _by_transaction(banking.suggestions(work, bank_account_id=account_id))
    transactions, count = _transactions(work, account_id, show, offered)
    chosen = _chosen(work, wanted.line, transactions, offered)
    return BankPage(
        overview=overview,
        tabs=tuple(_tabs(work, account_id)),
        show=show,
        counts={
            "open": overview.unreconciled_count,
            "suggested": len(offered),
            "done": overview.transaction_count - overview.unreconciled_count,
        },
        on=overview.last_transaction_date or work.today,
        bank_balance=bank_balance,
        ledger_balance=ledger_balance,
        rows=tuple(_row(found, account_id, show, offered) for found in transactions),
        hidden_count=max(count - len(transactions), 0),
        match=_match(work, overview, chosen, offered, _next(chosen, transactions, account_id, show))
        if chosen
        else None,
        done=_done(work, wanted.done) if wanted.done else None,
        imported=wanted.imported,
        upload_href=f"/bank/{account_id}/statements",
    )


def first_account(work: Work) -> BankAccountId | None:
    """The bank account that is shown when none is named."""
    found = banking.bank_accounts(work)
    return found[0].account.id if found else None


def address(account_id: BankAccountId, show: str, **more: object) -> str:
    """The address of the page in a state."""
    values = {"show": show} if show != "open" else {}
    query = urlencode({**values, **{name: str(value) for name, value in more.items() if value}})
    return f"/bank/{account_id}" + (f"?{query}" if query else "")


Offered = Mapping[BankTransactionId, Sequence[Suggestion]]


def _by_transaction(suggestions: Sequence[Suggestion]) -> Offered:
    """Suggestions of each transaction, best first as they come."""
    found: dict[BankTransactionId, list[Suggestion]] = {}
    for suggestion in suggestions:
        found.setdefault(suggestion.transaction_id, []).append(suggestion)
    return found


def _transactions(
    work: Work, account_id: BankAccountId, show: str, offered: Offered
) -> tuple[list[BankTransaction], int]:
    """The newest lines in a state, and how many there are."""
    limit = 5000 if show == "suggested" else ROWS
    found, count = banking.transactions(
        work,
        wanted=TransactionFilter(bank_account_id=account_id, status=_STATUSES[show], limit=limit),
    )
    if show != "suggested":
        return found, count
    mine = [transaction for transaction in found if transaction.id in offered]
    return mine[:ROWS], len(mine)


def _chosen(
    work: Work, line: BankTransactionId | None, shown: Sequence[BankTransaction], offered: Offered
) -> BankTransaction | None:
    """The line that is asked for, else the first one with an offer."""
    if line is not None:
        return banking.transaction(work, transaction_id=line)
    return next((found for found in shown if found.id in offered), None)


def _next(
    chosen: BankTransaction | None,
    shown: Sequence[BankTransaction],
    account_id: BankAccountId,
    show: str,
) -> str:
    """Where accepting leads: to the line below the chosen one."""
    ids = [found.id for found in shown]
    at = ids.index(chosen.id) if chosen and chosen.id in ids else len(ids)
    following = ids[at + 1] if at + 1 < len(ids) else None
    return address(account_id, show, line=following)


def _row(
    transaction: BankTransaction, account_id: BankAccountId, show: str, offered: Offered
) -> BankRow:
    best = next(iter(offered.get(transaction.id, ())), None)
    tone = "open" if best is None else "sure" if best.score >= SURE else "maybe"
    return BankRow(
        transaction=transaction,
        href=address(account_id, show, line=transaction.id),
        tone="done" if transaction.status != "unreconciled" else tone,
        references=tuple(_name(claim) for claim in best.claims) if best else (),
    )


def _match(
    work: Work,
    overview: BankAccountOverview,
    transaction: BankTransaction,
    offered: Offered,
    next_href: str,
) -> Match:
    waits = transaction.status == "unreconciled"
    suggestions = offered.get(transaction.id, ()) if waits else ()
    return Match(
        transaction=transaction,
        offers=tuple(_offer(work, overview, transaction, found) for found in suggestions),
        intent_href=f"/journal/{transaction.intent_id}" if transaction.intent_id else "",
        accept_href=f"/bank/lines/{transaction.id}/accept",
        next_href=next_href,
        unmatch_href=f"/bank/lines/{transaction.id}/unmatch",
    )


def _offer(
    work: Work, overview: BankAccountOverview, transaction: BankTransaction, found: Suggestion
) -> Offer:
    """What accepting a suggestion would post; nothing, where the booking is there already."""
    parts = offers.parts(transaction.amount, found.claims)
    bank = overview.account.account_number
    names = ledger.accounts_by_number(work, numbers=[bank])
    taken = Money(abs(transaction.amount.minor), transaction.amount.currency)
    is_in = transaction.amount.minor > 0
    own = PreviewLine(bank, names[bank].name, taken if is_in else None, None if is_in else taken)
    others = tuple(
        PreviewLine(
            part.claim.account,
            part.claim.party_name,
            None if is_in else part.amount,
            part.amount if is_in else None,
        )
        for part in parts
    )
    is_booked = any(claim.kind == BOOKING for claim in found.claims)
    open_before = Money(abs(sum(claim.remaining for claim in found.claims)))
    return Offer(
        suggestion=found,
        preview=() if is_booked else ((own, *others) if is_in else (*others, own)),
        targets=tuple(part.target for part in parts),
        rest=Money.zero() if is_booked else open_before - taken,
    )


def _done(work: Work, transaction_id: BankTransactionId) -> Done:
    transaction = banking.transaction(work, transaction_id=transaction_id)
    return Done(
        transaction.counterparty_name or transaction.reference or "",
        transaction.amount,
        f"/bank/lines/{transaction_id}/unmatch",
    )


def _tabs(work: Work, account_id: BankAccountId) -> Iterator[AccountTab]:
    for found in banking.bank_accounts(work):
        yield AccountTab(
            found.account.name, f"/bank/{found.account.id}", found.account.id == account_id
        )


def _name(claim: Claim) -> str:
    return claim.reference or claim.description
