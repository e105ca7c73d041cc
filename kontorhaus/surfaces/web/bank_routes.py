"""The pages of the bank: lines and offers, accepting and taking back, reading a statement."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, UploadFile
from fastapi.responses import RedirectResponse, Response

from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as bank
from kontorhaus.banking.actions import NewBankAccount
from kontorhaus.banking.camt import statement as camt
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Refusal
from kontorhaus.kernel.ids import BankAccountId, BankTransactionId
from kontorhaus.ledger.charts import KEY_ACCOUNTS
from kontorhaus.surfaces.web import auth, errors, offers, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.views import bank as views
from kontorhaus.surfaces.web.views.bank import BankView, FirstAccount, Imported

router = APIRouter(prefix="/bank", include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Text = Annotated[str, Form(max_length=500)]

_SCOPE = "bank:write"
_PARSE_SECONDS = 60


def bank_view(
    show: str = "open", line: UUID | None = None, done: UUID | None = None,
    new: Annotated[int | None, Query(ge=0)] = None, known: Annotated[int, Query(ge=0)] = 0,
) -> BankView:  # fmt: skip
    """What an address asks of the page."""
    return BankView(
        show,
        BankTransactionId(line) if line else None,
        BankTransactionId(done) if done else None,
        Imported(new, known) if new is not None else None,
    )


@router.get("")
def show_first_account(desk: SignedIn) -> Response:
    """The first account; the form for one where there is none."""
    with desk.reading() as work:
        account_id = views.first_account(work)
    if account_id:
        return RedirectResponse(f"/bank/{account_id}", 303)
    return page.framed(desk, "bank_empty.html", lambda _: FirstAccount())


@router.post("")
def add_account(desk: Submitted, name: Text, iban: Text) -> Response:
    """Link the first bank account with the bank account of the chart."""
    desk.principal.require(_SCOPE)
    try:
        with desk.writing(_SCOPE) as work:
            number = KEY_ACCOUNTS[identity.settings(work).chart].bank
            banking.create_bank_account(work, wanted=NewBankAccount(name, iban, number))
    except Refusal as refusal:
        words = errors.words(desk.visit.language, refusal)
        field = "iban" if refusal.code in ("iban", "duplicate_iban") else "name"
        values = FirstAccount(name, iban, {field: words})
        return page.framed(desk, "bank_empty.html", lambda _: values, status=422)
    return RedirectResponse("/bank", 303)


@router.get("/{account_id}")
def show_account(
    desk: SignedIn, account_id: UUID, wanted: Annotated[BankView, Depends(bank_view)]
) -> Response:
    """The lines of an account, and what the chosen one most likely settles."""
    return page.framed(
        desk, "bank.html",
        lambda work: views.build(work, account_id=BankAccountId(account_id), wanted=wanted),
    )  # fmt: skip


@router.post("/{account_id}/statements")
def read_statement(desk: Submitted, account_id: UUID, statement: UploadFile) -> Response:
    """Take in a CAMT file; what is known already is left out."""
    desk.principal.require(_SCOPE)
    statements = desk.resources.workshop.run(
        camt.parse, statement.file.read(), timeout_seconds=_PARSE_SECONDS
    )
    account = BankAccountId(account_id)
    with desk.writing(_SCOPE) as work:
        result = banking.import_statements(work, statements=statements, bank_account_id=account)
    counts = {"new": str(result.imported), "known": str(result.skipped_duplicates)}
    return RedirectResponse(views.address(account, "open", **counts), 303)


@router.post("/lines/{transaction_id}/accept")
def accept(
    desk: Submitted, transaction_id: UUID, target: Annotated[list[str], Form()], next: Text
) -> Response:
    """Settle what the offer names, and go on with the next line."""
    settled = BankTransactionId(transaction_id)
    with desk.writing(_SCOPE) as work:
        offers.accept(work, transaction_id=settled, targets=target)
    glue = "&" if "?" in next else "?"
    return RedirectResponse(f"{auth.inside(next)}{glue}done={settled}", 303)


@router.post("/lines/{transaction_id}/unmatch")
def unmatch(desk: Submitted, transaction_id: UUID) -> Response:
    """Take a match back by a counter-booking, and show the line again."""
    undone = BankTransactionId(transaction_id)
    with desk.writing(_SCOPE) as work:
        banking.unmatch(work, transaction_id=undone)
        account_id = bank.transaction(work, transaction_id=undone).bank_account_id
    return RedirectResponse(views.address(account_id, "open", line=undone), 303)
