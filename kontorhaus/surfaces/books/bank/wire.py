"""The JSON shapes of bank accounts and their transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from kontorhaus.banking import model
from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel import money
from kontorhaus.kernel.errors import Refusal
from kontorhaus.kernel.ids import BankAccountId
from kontorhaus.surfaces.conventions import errors, fields

Status = Literal["unreconciled", "reconciled", "excluded"]

_LONGEST_IBAN = 34
_SHORTEST_IBAN = 15


def _iban(value: str) -> str:
    iban = ibans.compact(value)
    if not _SHORTEST_IBAN <= len(iban) <= _LONGEST_IBAN or not ibans.is_valid(iban):
        raise fields.refused("is no valid IBAN: check its digits")
    return iban


class BankAccountInput(fields.In):
    """A bank account to be linked with an asset account of the chart."""

    name: Annotated[str, fields.text(1, 255)]
    iban: Annotated[str, fields.text(15, 50), AfterValidator(_iban)]
    bic: Annotated[str, fields.text(0, 11)] | None = None
    account_number: Annotated[str, fields.text(1, 8, r"^[0-9]+$")]
    currency: fields.Currency = "EUR"


class BankAccountChange(fields.In):
    """What of a bank account changes."""

    name: Annotated[str, fields.text(1, 255)] | None = None


class BankAccountOut(fields.Out):
    """A bank account."""

    id: UUID
    name: str
    iban: str
    bic: str | None
    account_number: str
    currency: str


class BankAccountRow(BankAccountOut):
    """A bank account with its counts."""

    tx_count: int
    unreconciled_count: int


class BankAccountDetail(BankAccountRow):
    """A bank account with its counts and its last day."""

    last_tx_date: date | None


class BankTransactionInput(fields.In):
    """A transaction that a program sends; money in is positive."""

    tx_date: fields.Day
    amount: fields.Amount
    currency: fields.Currency = "EUR"
    counterparty_name: Annotated[str, fields.text(0, 255)] | None = None
    counterparty_iban: Annotated[str, fields.text(0, 50)] | None = None
    reference: Annotated[str, fields.text(0, 2000)] | None = None
    bank_reference: Annotated[str, fields.text(0, 255)] | None = None
    tx_type: Annotated[str, fields.text(0, 50)] | None = None
    value_date: fields.Day | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a row cannot be taken."""

    message: str


def _or_unfit(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """A bad row is told about in the answer, it does not stop the others."""
    try:
        return read(value)
    except ValidationError as error:
        reasons = errors.malformed(error).details
        return Unfit("; ".join(f"{name} {why}".strip() for name, why in reasons.items()))


Row = Annotated[BankTransactionInput, WrapValidator(_or_unfit)]


class TransactionsInput(fields.In):
    """Transactions for one bank account."""

    bank_account_id: fields.Id
    transactions: Annotated[list[Row], Field(min_length=1, max_length=1000)]


class BankTransactionOut(fields.Out):
    """A line of a bank account."""

    id: UUID
    bank_account_id: UUID
    tx_date: date
    value_date: date | None
    amount: fields.Money
    currency: str
    counterparty_name: str | None
    counterparty_iban: str | None
    reference: str | None
    bank_reference: str | None
    tx_type: str | None
    status: Status
    intent_id: UUID | None
    match_group_id: UUID | None
    batch_id: UUID


class TransactionQuery(fields.Query):
    """Which transactions; `search` looks into counterparty_name and reference."""

    bank_account_id: fields.Id | None = None
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    search: Annotated[str, fields.text(0, 200)] | None = None
    status: Status | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 200
    offset: Annotated[int, fields.whole(0, None)] = 0


class Transactions(fields.Out):
    """A page of transactions."""

    transactions: list[BankTransactionOut]
    total: int


class OneTransaction(fields.Out):
    """One transaction."""

    transaction: BankTransactionOut


class ImportFault(fields.Out):
    """Why a row was left out."""

    row: int
    code: str
    message: str


class ImportResult(fields.Out):
    """What became of an import."""

    batch_id: UUID
    total_rows: int
    imported: int
    skipped_duplicates: int
    errors: list[ImportFault]


class ImportForm(fields.LaxIn):
    """For which account a file is, where its IBAN shall not decide."""

    bank_account_id: fields.Id | None = None


class HistoryQuery(fields.Query):
    """How many days back."""

    days: Annotated[int, fields.whole(1, 365)] = 90


class BalancePoint(fields.Out):
    """The balance at the end of a day."""

    date: date
    balance: fields.Money


class BalanceHistory(fields.CamelOut):
    """The balance of all bank accounts over time."""

    history: list[BalancePoint]
    current_balance: fields.Money
    start_balance: fields.Money


class AccountQuery(fields.Query):
    """Which bank account."""

    bank_account_id: fields.Id


class Count(fields.Out):
    """How many."""

    count: int


class Done(fields.Out):
    """It is done."""

    ok: bool


def bank_account(account: model.BankAccount) -> BankAccountOut:
    """A bank account as the API shows it."""
    return BankAccountOut(**_account(account))


def bank_account_row(overview: model.BankAccountOverview) -> BankAccountRow:
    """A bank account in a list."""
    return BankAccountRow(
        **_account(overview.account),
        tx_count=overview.transaction_count,
        unreconciled_count=overview.unreconciled_count,
    )


def bank_account_detail(overview: model.BankAccountOverview) -> BankAccountDetail:
    """A bank account with all that is counted of it."""
    return BankAccountDetail(
        **_account(overview.account),
        tx_count=overview.transaction_count,
        unreconciled_count=overview.unreconciled_count,
        last_tx_date=overview.last_transaction_date,
    )


def _account(account: model.BankAccount) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "iban": account.iban,
        "bic": account.bic,
        "account_number": account.account_number,
        "currency": account.currency,
    }


def transaction(found: model.BankTransaction) -> BankTransactionOut:
    """A transaction as the API shows it."""
    return BankTransactionOut.model_construct(
        id=found.id,
        bank_account_id=found.bank_account_id,
        tx_date=found.tx_date,
        value_date=found.value_date,
        amount=found.amount,
        currency=found.amount.currency,
        counterparty_name=found.counterparty_name,
        counterparty_iban=found.counterparty_iban,
        reference=found.reference,
        bank_reference=found.bank_reference,
        tx_type=found.tx_type,
        status=found.status,
        intent_id=found.intent_id,
        match_group_id=found.match_group_id,
        batch_id=found.batch_id,
    )


def wanted(query: TransactionQuery) -> model.TransactionFilter:
    """The filter that a query asks for."""
    account = query.bank_account_id
    return model.TransactionFilter(
        bank_account_id=BankAccountId(account) if account else None,
        start_date=query.start_date,
        end_date=query.end_date,
        search=query.search or None,
        status=query.status,
        limit=query.limit,
        offset=query.offset,
    )


def entries(
    rows: Sequence[object],
) -> tuple[list[tuple[int, model.Entry]], list[model.RowError]]:
    """The rows that can be taken, with their position from 1, and what is wrong with the rest."""
    fit: list[tuple[int, model.Entry]] = []
    unfit: list[model.RowError] = []
    for position, row in enumerate(rows, 1):
        try:
            if isinstance(row, BankTransactionInput):
                fit.append((position, _entry(row)))
            else:
                assert isinstance(row, Unfit)
                unfit.append(model.RowError(position, "INVALID_INPUT", row.message))
        except Refusal as refusal:
            unfit.append(model.RowError(position, "INVALID_INPUT", refusal.message))
    return fit, unfit


def _entry(row: BankTransactionInput) -> model.Entry:
    return model.Entry(
        amount=money.Money.exact(row.amount, row.currency),
        booking_date=row.tx_date,
        value_date=row.value_date,
        counterparty_name=row.counterparty_name or "",
        counterparty_iban=ibans.compact(row.counterparty_iban or ""),
        purpose=row.reference or "",
        bank_reference=row.bank_reference or "",
        transaction_code=row.tx_type or "",
    )


def import_result(result: model.ImportResult) -> ImportResult:
    """What became of an import as the API shows it."""
    return ImportResult(
        batch_id=result.batch_id,
        total_rows=result.total_rows,
        imported=result.imported,
        skipped_duplicates=result.skipped_duplicates,
        errors=[
            ImportFault(row=one.row, code=one.code, message=one.message) for one in result.errors
        ],
    )


def balance_history(points: Sequence[model.BalancePoint]) -> BalanceHistory:
    """A history with its first and its last balance."""
    return BalanceHistory(
        history=[BalancePoint(date=point.on, balance=point.balance) for point in points],
        current_balance=points[-1].balance,
        start_balance=points[0].balance,
    )
