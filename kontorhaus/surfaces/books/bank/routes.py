"""Bank accounts, their transactions and statements over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as bank
from kontorhaus.banking.actions import NewBankAccount
from kontorhaus.banking.camt import statement as camt
from kontorhaus.banking.model import Statement
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import BankAccountId, BankTransactionId
from kontorhaus.runtime.work import Work
from kontorhaus.runtime.workshop import WorkshopFailure
from kontorhaus.surfaces.books.bank import match_wire, wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer, Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.conventions.operation import Upload

_READ = (400, 401, 403)
_TAGS = ("bank",)
_PARSE_SECONDS = 60
_TOO_MUCH = ("timeout", "cpu", "memory", "crash")


@books.get(
    "/v1/bank-accounts",
    scope="bank:read",
    refusals=_READ,
    answer=list[wire.BankAccountRow],
    tags=_TAGS,
)
def list_bank_accounts(work: Work) -> Answer:
    """List the bank accounts with their counts."""
    found = bank.bank_accounts(work)
    return Answer.listing([wire.bank_account_row(one) for one in found], total=len(found))


@books.post(
    "/v1/bank-accounts",
    scope="bank:write",
    status=201,
    refusals=(*_READ, 409),
    answer=wire.BankAccountOut,
    tags=_TAGS,
)
def create_bank_account(work: Work, body: wire.BankAccountInput) -> wire.BankAccountOut:
    """Link a bank account one to one with an asset account of the chart."""
    wanted = NewBankAccount(
        body.name, body.iban, body.account_number, body.bic or None, body.currency
    )
    return wire.bank_account(banking.create_bank_account(work, wanted=wanted))


@books.get(
    "/v1/bank-accounts/balance-history",
    scope="bank:read",
    refusals=_READ,
    answer=wire.BalanceHistory,
    tags=_TAGS,
)
def get_balance_history(work: Work, query: wire.HistoryQuery) -> wire.BalanceHistory:
    """Show the balance of all bank accounts in EUR at the end of each of the last days."""
    return wire.balance_history(bank.balance_history(work, days=query.days))


@books.get(
    "/v1/bank-accounts/{id}",
    scope="bank:read",
    refusals=(*_READ, 404),
    answer=wire.BankAccountDetail,
    tags=_TAGS,
)
def get_bank_account(work: Work, id: UUID) -> wire.BankAccountDetail:
    """Show one bank account."""
    return wire.bank_account_detail(bank.bank_account(work, bank_account_id=BankAccountId(id)))


@books.put(
    "/v1/bank-accounts/{id}",
    scope="bank:write",
    refusals=(*_READ, 404),
    answer=wire.BankAccountOut,
    tags=_TAGS,
)
def rename_bank_account(work: Work, id: UUID, body: wire.BankAccountChange) -> wire.BankAccountOut:
    """Give a bank account another name; the linked account never changes."""
    return wire.bank_account(
        banking.rename_bank_account(work, bank_account_id=BankAccountId(id), name=body.name)
    )


@books.get(
    "/v1/bank-accounts/{id}/reconciliation",
    scope="bank:read",
    refusals=(*_READ, 404),
    answer=match_wire.Reconciliation,
    tags=_TAGS,
    etag=False,
)
def get_reconciliation(work: Work, id: UUID) -> match_wire.Reconciliation:
    """Show bank and books side by side: what is matched, what waits, and the difference."""
    return match_wire.reconciliation(bank.reconciliation(work, bank_account_id=BankAccountId(id)))


@books.post(
    "/v1/bank-accounts/{id}/upload",
    scope="bank:write",
    status=200,
    refusals=(*_READ, 404),
    answer=wire.ImportResult,
    tags=_TAGS,
)
def upload_statement(call: Call, id: UUID, upload: Upload) -> Reply:
    """Take in a CAMT file for one account; what was delivered before adds nothing."""
    account_id = BankAccountId(id)
    call.read(lambda work: bank.bank_account(work, bank_account_id=account_id))
    return _import(call, upload, account_id)


@books.post(
    "/v1/bank-transactions/import-file",
    scope="bank:write",
    status=200,
    refusals=(*_READ, 404),
    answer=wire.ImportResult,
    tags=_TAGS,
)
def import_file(call: Call, upload: Upload, form: wire.ImportForm) -> Reply:
    """Take in a CAMT file; without an account its IBAN tells whose it is."""
    given = form.bank_account_id
    return _import(call, upload, BankAccountId(given) if given else None)


def _import(call: Call, upload: Upload, account_id: BankAccountId | None) -> Reply:
    statements = _parsed(call, upload)
    return call.write(
        lambda work: wire.import_result(
            banking.import_statements(work, statements=statements, bank_account_id=account_id)
        )
    )


def _parsed(call: Call, upload: Upload) -> list[Statement]:
    """The statements of a file, read by a process with limits."""
    try:
        return call.resources.workshop.run(
            camt.parse, upload.content, timeout_seconds=_PARSE_SECONDS
        )
    except WorkshopFailure as failure:
        if failure.reason not in _TOO_MUCH:
            raise
        raise Invalid(
            "statement_format", "This file takes too long or too much to be read.", field="file"
        ) from failure


@books.get(
    "/v1/bank-transactions", scope="bank:read", refusals=_READ, answer=wire.Transactions, tags=_TAGS
)
def list_bank_transactions(work: Work, query: wire.TransactionQuery) -> wire.Transactions:
    """List bank transactions, newest first."""
    found, total = bank.transactions(work, wanted=wire.wanted(query))
    return wire.Transactions(transactions=[wire.transaction(one) for one in found], total=total)


@books.post(
    "/v1/bank-transactions",
    scope="bank:write",
    status=201,
    refusals=(*_READ, 404),
    answer=wire.ImportResult,
    tags=_TAGS,
)
def create_bank_transactions(work: Work, body: wire.TransactionsInput) -> wire.ImportResult:
    """Take in up to 1000 transactions; a bad row is listed and does not stop the others."""
    fit, unfit = wire.entries(body.transactions)
    result = banking.import_entries(
        work, bank_account_id=BankAccountId(body.bank_account_id), entries=fit, errors=unfit
    )
    return wire.import_result(result)


@books.get(
    "/v1/bank-transactions/suggestions",
    scope="bank:read",
    refusals=(*_READ, 404),
    answer=list[match_wire.Suggestion],
    tags=_TAGS,
)
def list_suggestions(work: Work, query: wire.AccountQuery) -> list[match_wire.Suggestion]:
    """List what the open transactions of an account most likely settle, best first."""
    account_id = BankAccountId(query.bank_account_id)
    return match_wire.suggestions(bank.suggestions(work, bank_account_id=account_id))


@books.get(
    "/v1/bank-transactions/unreconciled-count",
    scope="bank:read",
    refusals=(401, 403),
    answer=wire.Count,
    tags=_TAGS,
)
def count_unreconciled(work: Work) -> wire.Count:
    """Count the transactions that wait for a match."""
    return wire.Count(count=bank.unreconciled_count(work))


@books.get(
    "/v1/bank-transactions/{id}",
    scope="bank:read",
    refusals=(*_READ, 404),
    answer=wire.OneTransaction,
    tags=_TAGS,
)
def get_bank_transaction(work: Work, id: UUID) -> wire.OneTransaction:
    """Show one bank transaction."""
    found = bank.transaction(work, transaction_id=BankTransactionId(id))
    return wire.OneTransaction(transaction=wire.transaction(found))


@books.post(
    "/v1/bank-transactions/{id}/dismiss",
    scope="bank:write",
    status=200,
    refusals=(*_READ, 404, 409),
    answer=wire.Done,
    tags=_TAGS,
)
def dismiss_bank_transaction(work: Work, id: UUID) -> wire.Done:
    """Exclude a transaction of amount 0; unmatch takes that back."""
    banking.dismiss(work, transaction_id=BankTransactionId(id))
    return wire.Done(ok=True)
