"""What every operation of the books refuses alike, and the refusals of the matching by code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from kontorhaus.surfaces.books.routes import books
from kontorhaus.surfaces.conventions.operation import Operation
from tests.actions.bank_examples import IBAN, PAYER, claim
from tests.surfaces.books.books_api import Api

GUARDED = [operation for operation in books.operations if not operation.is_public]
EXAMPLES = {"period": "2026-03", "number": "1800", "code": "UST19"}


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def filled(operation: Operation, value: str) -> str:
    """The path with a value for each of its ids, below /books/v1."""
    path = re.sub(
        r"\{(\w+)\}",
        lambda found: EXAMPLES.get(found[1], value),
        operation.path,
    )
    return path.removeprefix("/v1")


def test_without_a_token_nothing_is_answered(api: Api) -> None:
    nobody = api.with_token("ll_nobody")
    for operation in GUARDED:
        answer = nobody.refused(operation.method, filled(operation, str(uuid4())))
        assert answer == (401, "UNAUTHORIZED"), named(operation)


def test_without_its_scope_no_operation_is_answered(tenant: Callable[..., Api]) -> None:
    wanted = {scope for operation in GUARDED for scope in operation.scopes}
    keys = {scope: tenant(scopes=tuple(wanted - {scope})) for scope in sorted(wanted)}
    for operation in GUARDED:
        for scope in operation.scopes:
            answer = keys[scope].refused(operation.method, filled(operation, str(uuid4())))
            assert answer == (403, "FORBIDDEN"), named(operation)


def test_what_is_no_id_is_malformed_and_an_id_of_nothing_not_found(api: Api) -> None:
    for operation in GUARDED:
        if not any(operation.hints.get(name) is UUID for name in operation.parts):
            continue
        answer = api.refused(operation.method, filled(operation, "17"))
        assert answer == (400, "INVALID_INPUT"), named(operation)
        if not operation.reads_body:
            status, code = api.refused(operation.method, filled(operation, str(uuid4())))
            assert (status, code[-9:]) == (404, "NOT_FOUND"), named(operation)


def test_a_page_of_no_size_is_malformed(api: Api) -> None:
    for operation in GUARDED:
        is_list = operation.query and "limit" in operation.query.model.model_fields
        if is_list and "{id}" not in operation.path:
            answer = api.refused("GET", filled(operation, ""), params={"limit": "0"})
            assert answer == (400, "INVALID_INPUT"), named(operation)


@pytest.fixture
def lines(api: Api) -> Callable[..., list[str]]:
    """The ids of new transactions of these euros, on one bank account for each IBAN."""
    accounts: dict[tuple[str, str], str] = {}

    def bring(*amounts: float, iban: str = IBAN, currency: str = "EUR") -> list[str]:
        number = f"18{len(accounts)}0"
        key = iban, currency
        if key not in accounts:
            body = {"name": "Konto", "iban": iban, "account_number": number, "currency": currency}
            accounts[key] = api.ok("POST", "/bank-accounts", body, 201)["id"]
        rows = [
            {"tx_date": "2026-03-02", "amount": amount, "currency": currency} for amount in amounts
        ]
        api.ok(
            "POST",
            "/bank-transactions",
            {"bank_account_id": accounts[key], "transactions": rows},
            201,
        )
        found = api.ok("GET", "/bank-transactions", params={"bank_account_id": accounts[key]})
        ids = {float(each["amount"]): each["id"] for each in found["transactions"]}
        return [ids[amount] for amount in amounts]

    return bring


@pytest.fixture
def owed(api: Api, resources: Resources) -> tuple[str, str]:
    """The booking of an invoice of 100 euros, and the account of its customer."""
    with begin(resources.database, api.caller) as work:
        intent_id, account = claim(work, 10000)
    return str(intent_id), account


def group(owed: tuple[str, str], ids: list[str], amount: float, **more: Any) -> dict[str, Any]:
    allocation = {
        "intent_id": owed[0],
        "open_item_account": owed[1],
        "candidate_kind": more.pop("kind", "open_receivable"),
        "allocated_bank_amount": amount,
    }
    return {"bank_transaction_ids": ids, "allocations": [allocation], **more}


def fee(amount: float, **more: str) -> list[dict[str, Any]]:
    return [{"account_number": "6855", "posting_side": "debit", "amount": amount, **more}]


def test_a_match_group_that_cannot_be_is_refused_by_its_reason(
    api: Api, lines: Callable[..., list[str]], owed: tuple[str, str]
) -> None:
    paid, out = lines(90, -90)
    (elsewhere,) = lines(10, iban=PAYER)
    (abroad,) = lines(90, iban="DE89370400440532013000", currency="USD")
    for body, answer in (
        (group(owed, [paid, elsewhere], 100), (400, "BANK_TX_MIXED_BANK_ACCOUNTS")),
        (group(owed, [paid, out], 90), (400, "DIRECTION_MISMATCH")),
        (group(owed, [abroad], 90), (422, "UNSUPPORTED_SETTLEMENT_CURRENCY")),
        (group(owed, [paid], 80), (400, "GROUP_NOT_BALANCED")),
        (group(owed, [paid], 90, kind="bank_booking"), (400, "TARGET_KIND_UNSUPPORTED")),
        (
            group(owed, [paid], 105, adjustments=fee(15)),
            (400, "SETTLEMENT_EXCEEDS_OPEN_AMOUNT"),
        ),
        (
            group(owed, [paid], 95, adjustments=fee(5, account_number="9876")),
            (404, "ADJUSTMENT_ACCOUNT_NOT_FOUND"),
        ),
        (group(owed, [paid], 95, adjustments=fee(5, tax_code="XX")), (400, "INVALID_TAX_CODE")),
        (group(owed, [str(uuid4())], 90), (404, "NOT_FOUND")),
    ):
        assert api.refused("POST", "/bank-match-groups", body) == answer
    api.ok("POST", "/periods/2026-03/soft-lock")
    assert api.refused("POST", "/bank-match-groups", group(owed, [paid], 90)) == (
        400,
        "PERIOD_LOCKED",
    )
    api.ok("POST", "/periods/2026-03/reopen", {"reason": "Nachtrag"})
    api.ok("POST", "/bank-match-groups", group(owed, [paid], 90), 201)
    assert api.refused("POST", "/bank-match-groups", group(owed, [paid], 10)) == (
        409,
        "TX_ALREADY_HANDLED",
    )


def test_a_transaction_that_cannot_be_matched_or_left_out_is_refused_by_its_reason(
    api: Api, lines: Callable[..., list[str]], owed: tuple[str, str]
) -> None:
    paid, nothing = lines(90, 0)
    (abroad,) = lines(90, iban=PAYER, currency="USD")
    wanted = {"intent_id": owed[0], "candidate_kind": "open_receivable"}
    wanted |= {"open_item_account": owed[1]}

    def reconcile(line: str) -> tuple[int, str]:
        return api.refused("POST", f"/bank-transactions/{line}/reconcile", wanted)

    assert reconcile(abroad) == (422, "UNSUPPORTED_SETTLEMENT_CURRENCY")
    api.ok("POST", "/periods/2026-03/soft-lock")
    assert reconcile(paid) == (400, "PERIOD_LOCKED")
    assert api.refused("POST", f"/bank-transactions/{uuid4()}/dismiss") == (404, "TX_NOT_FOUND")
    api.ok("POST", f"/bank-transactions/{nothing}/dismiss")
    assert api.refused("POST", f"/bank-transactions/{nothing}/dismiss") == (
        409,
        "TX_ALREADY_HANDLED",
    )


def test_neither_a_tax_code_nor_a_booking_takes_an_account_that_is_inactive(api: Api) -> None:
    body = {"code": "EIGEN", "label": "Eigen", "rate": 19, "vat_account": "1376"}
    assert api.refused("POST", "/tax-codes", body) == (400, "ACCOUNT_INACTIVE")
    api.ok("POST", "/tax-codes", body | {"vat_account": "3801"}, 201)
    assert api.refused("PATCH", "/tax-codes/EIGEN", {"vat_account": "1376"}) == (
        400,
        "ACCOUNT_INACTIVE",
    )
    posting = {
        "booking_date": "2026-03-02",
        "description": "Auf ein stillgelegtes Konto",
        "lines": [
            {"account_number": "1376", "debit": 1, "credit": 0},
            {"account_number": "1800", "debit": 0, "credit": 1},
        ],
    }
    assert api.refused("POST", "/bookings", posting) == (400, "ACCOUNT_NOT_FOUND")
