"""Bank accounts, imports and matching over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from tests.actions.bank_examples import IBAN, claim
from tests.surfaces.books.books_api import Api

ACCOUNT = {"name": "Girokonto", "iban": "DE13 4306 0967 1234 5678 90", "account_number": "1800"}
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy>
</Acct>{opening}{closing}{entries}</Stmt></BkToCstmrStmt></Document>"""


def statement(*lines: tuple[str, str], opening: str = "0.00", closing: str = "") -> bytes:
    """A camt.053 of incoming payments: amount and purpose each."""

    def balance(code: str, amount: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
            "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        )

    entries = "".join(
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        "<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Pty>"
        "<Nm>Anna Berg</Nm></Pty></Dbtr></RltdPties><RmtInf>"
        f"<Ustrd>{purpose}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for amount, purpose in lines
    )
    return FILE.format(
        iban=IBAN,
        opening=balance("OPBD", opening),
        closing=balance("CLBD", closing) if closing else "",
        entries=entries,
    ).encode()


@pytest.fixture
def account(api: Api) -> str:
    return str(api.ok("POST", "/bank-accounts", ACCOUNT, 201)["id"])


def invoice(
    api: Api, resources: Resources, cents: int, number: str, customer: str | None = None
) -> tuple[str, str]:
    with begin(resources.database, api.caller) as work:
        intent_id, account = claim(work, cents, number, account=customer)
    return str(intent_id), account


def transactions(api: Api, **query: str) -> list[Any]:
    found: list[Any] = api.ok("GET", "/bank-transactions", params=query)["transactions"]
    return found


def test_a_bank_account_is_created_shown_renamed_and_refused(api: Api) -> None:
    made = api.ok("POST", "/bank-accounts", ACCOUNT, 201)
    assert made == {
        "id": made["id"],
        "name": "Girokonto",
        "iban": IBAN,
        "bic": None,
        "account_number": "1800",
        "currency": "EUR",
    }
    assert api.refused("POST", "/bank-accounts", ACCOUNT | {"account_number": "1810"}) == (
        409,
        "DUPLICATE_IBAN",
    )
    other = ACCOUNT | {"iban": "DE02120300000000202051"}
    for number, refusal in (
        ("1800", (409, "ACCOUNT_ALREADY_LINKED")),
        ("4400", (400, "INVALID_ACCOUNT_TYPE")),
        ("87654321", (400, "ACCOUNT_NOT_FOUND")),
        ("18x", (400, "INVALID_INPUT")),
    ):
        assert api.refused("POST", "/bank-accounts", other | {"account_number": number}) == refusal
    assert api.refused("POST", "/bank-accounts", other | {"iban": "DE03120300000000202051"}) == (
        400,
        "INVALID_INPUT",
    )
    path = f"/bank-accounts/{made['id']}"
    assert api.refused("PUT", path, {}) == (400, "NO_CHANGES")
    assert api.ok("PUT", path, {"name": "Neu"})["name"] == "Neu"
    assert api.ok("GET", path) == made | {
        "name": "Neu",
        "tx_count": 0,
        "unreconciled_count": 0,
        "last_tx_date": None,
    }
    assert [row["name"] for row in api.ok("GET", "/bank-accounts")] == ["Neu"]
    assert api.refused("GET", f"/bank-accounts/{uuid4()}") == (404, "NOT_FOUND")
    assert api.refused("GET", "/bank-accounts/x") == (400, "INVALID_INPUT")


PAID = statement(
    ("140.16", "RE-2026-0001"),
    ("40.00", "RE 2026-0002 Teil 1"),
    ("120.00", "RE-2026-0003, RE-2026-0004"),
    closing="300.16",
)


@pytest.fixture
def offered(api: Api, resources: Resources, account: str) -> dict[str, list[Any]]:
    """Amounts of a statement's lines with their best suggestions, for four open invoices."""
    exact, customer = invoice(api, resources, 14016, "RE-2026-0001")
    partial, _ = invoice(api, resources, 10000, "RE-2026-0002")
    first, _ = invoice(api, resources, 5000, "RE-2026-0003", customer)
    second, _ = invoice(api, resources, 7000, "RE-2026-0004", customer)
    api.upload(f"/bank-accounts/{account}/upload", PAID)
    found = api.ok("GET", "/bank-transactions/suggestions", params={"bank_account_id": account})
    best: dict[str, list[Any]] = {}
    for line in transactions(api):
        mine = [one for one in found if one["bank_transaction_id"] == line["id"]]
        score = max(one["match_score"] for one in mine)
        best[str(line["amount"])] = [one for one in mine if one["match_score"] == score]
    assert {amount: [one["ledger_intent_id"] for one in rows] for amount, rows in best.items()} == {
        "140.16": [exact],
        "40.00": [partial],
        "120.00": [first, second],
    }
    return best


def reconcile(api: Api, suggestion: Any) -> Any:
    """Sends a suggestion as it is."""
    return api.ok(
        "POST",
        f"/bank-transactions/{suggestion['bank_transaction_id']}/reconcile",
        {
            "intent_id": suggestion["ledger_intent_id"],
            "candidate_kind": suggestion["candidate_kind"],
            "open_item_account": suggestion["open_item_account"],
        },
    )


def match_group(api: Api, suggestions: list[Any]) -> Any:
    """Sends the suggestions of a collective payment as they are."""
    return api.ok(
        "POST",
        "/bank-match-groups",
        {
            "bank_transaction_ids": [suggestions[0]["bank_transaction_id"]],
            "allocations": [
                {
                    "intent_id": one["ledger_intent_id"],
                    "candidate_kind": one["candidate_kind"],
                    "open_item_account": one["open_item_account"],
                    "allocated_bank_amount": float(one["allocated_amount"]),
                }
                for one in suggestions
            ],
        },
        201,
    )


def test_the_same_file_twice_adds_nothing(api: Api, account: str) -> None:
    first = api.upload(f"/bank-accounts/{account}/upload", PAID).json()
    again = api.upload("/bank-transactions/import-file", PAID).json()
    assert (first["total_rows"], first["imported"], first["skipped_duplicates"]) == (3, 3, 0)
    assert (again["total_rows"], again["imported"], again["skipped_duplicates"]) == (3, 0, 3)


def test_suggestions_pay_invoices_exactly_in_part_and_together(
    api: Api, account: str, offered: dict[str, list[Any]]
) -> None:
    for amount in ("140.16", "40.00"):
        done = reconcile(api, offered[amount][0])
        assert (done["ok"], done["mode"]) == (True, "settlement")
    group = match_group(api, offered["120.00"])
    assert api.ok("GET", "/bank-transactions/unreconciled-count") == {"count": 0}
    line = offered["120.00"][0]["bank_transaction_id"]
    shown = api.ok("GET", f"/bank-transactions/{line}")["transaction"]
    assert (shown["status"], shown["match_group_id"]) == ("reconciled", group["match_group_id"])
    intent = api.ok("GET", f"/journal/{group['intent_id']}")
    assert len(intent["linked_intents"]["settles"]) == 2
    assert [one["id"] for one in intent["metadata"]["bank_transactions"]] == [line]
    sides = api.ok("GET", f"/bank-accounts/{account}/reconciliation")
    assert [str(sides[name]) for name in ("bank_balance", "ledger_balance", "difference")] == [
        "300.16",
        "300.16",
        "0.00",
    ]
    assert len(sides["matched"]) == 3
    assert sides["has_more_unmatched_ledger"] is False
    rest = offered["40.00"][0]
    assert [
        (row["intent_id"], str(row["amount"]), row["candidate_kind"], row["open_item_account"])
        for row in sides["unmatched_ledger"]
    ] == [(rest["ledger_intent_id"], "60.00", "open_receivable", rest["open_item_account"])]


def test_a_group_comes_back_whole_and_once(api: Api, offered: dict[str, list[Any]]) -> None:
    group = match_group(api, offered["120.00"])
    line = offered["120.00"][0]["bank_transaction_id"]
    undone = api.ok("POST", f"/bank-transactions/{line}/unmatch")
    assert (undone["match_group_id"], undone["bank_transaction_ids"]) == (
        group["match_group_id"],
        [line],
    )
    assert api.refused("POST", f"/bank-transactions/{line}/unmatch") == (409, "NOT_MATCHED")
    path = f"/bank-match-groups/{group['match_group_id']}/unmatch"
    assert api.refused("POST", path) == (409, "ALREADY_REVERSED")


def test_what_cannot_be_matched_is_refused_with_the_codes_of_the_contract(
    api: Api, resources: Resources, account: str
) -> None:
    intent_id, customer = invoice(api, resources, 10000, "RE-1")
    rows = [{"tx_date": "2026-03-02", "amount": amount} for amount in (100.00, 100.01, -100, 0)]
    api.ok("POST", "/bank-transactions", {"bank_account_id": account, "transactions": rows}, 201)
    ids = {str(one["amount"]): one["id"] for one in transactions(api)}
    body = {
        "intent_id": intent_id,
        "candidate_kind": "open_receivable",
        "open_item_account": customer,
    }

    def code(amount: str, **more: Any) -> tuple[int, str]:
        return api.refused("POST", f"/bank-transactions/{ids[amount]}/reconcile", body | more)

    assert code("100.01") == (400, "SETTLEMENT_EXCEEDS_OPEN_AMOUNT")
    assert code("-100.00") == (400, "DIRECTION_MISMATCH")
    assert code("100.00", intent_id=str(uuid4())) == (404, "TARGET_NOT_FOUND")
    assert code("100.00", open_item_account=None) == (400, "INVALID_INPUT")
    assert code("100.00", candidate_kind="x") == (400, "INVALID_INPUT")
    pair = body | {"bank_transaction_id": ids["100.00"]}
    batch = api.ok("POST", "/bank-transactions/batch-reconcile", {"pairs": [pair, pair]})
    assert batch["reconciled"] == 1
    assert [one["code"] for one in batch["errors"]] == ["TX_ALREADY_HANDLED"]
    assert code("100.00") == (409, "TX_ALREADY_HANDLED")
    assert api.refused("POST", f"/bank-transactions/{ids['100.01']}/dismiss") == (
        400,
        "TX_NOT_ZERO",
    )
    assert api.ok("POST", f"/bank-transactions/{ids['0.00']}/dismiss") == {"ok": True}
    assert [one["id"] for one in transactions(api, status="excluded")] == [ids["0.00"]]


def test_a_bad_row_is_listed_and_the_others_are_taken(api: Api, account: str) -> None:
    rows = [
        {"tx_date": "2026-03-02", "amount": 1.50, "reference": "gut", "counterparty_name": "A"},
        {"tx_date": "2026-02-30", "amount": 1},
        {"tx_date": "2026-03-02", "amount": "1.00"},
        {"tx_date": "2026-03-02", "amount": 1.005},
        {"tx_date": "2026-03-02", "amount": 1, "currency": "USD"},
        {"tx_date": "2026-03-02", "amount": 1, "unknown": True},
        7,
        {"tx_date": "2026-03-02", "amount": 1.50, "reference": "gut", "counterparty_name": "A"},
    ]
    body = {"bank_account_id": account, "transactions": rows}
    result = api.ok("POST", "/bank-transactions", body, 201)
    assert (result["total_rows"], result["imported"]) == (8, 2)
    assert [one["row"] for one in result["errors"]] == [2, 3, 4, 5, 6, 7]
    assert api.ok("POST", "/bank-transactions", body, 201)["skipped_duplicates"] == 2
    assert api.refused("POST", "/bank-transactions", body | {"transactions": []}) == (
        400,
        "INVALID_INPUT",
    )
    assert api.refused("POST", "/bank-transactions", body | {"bank_account_id": str(uuid4())}) == (
        404,
        "NOT_FOUND",
    )


def test_a_file_that_is_no_statement_is_refused(api: Api, account: str) -> None:
    path = f"/bank-accounts/{account}/upload"
    hostile = b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>'
    wrong_sum = statement(("1.00", "x"), closing="5.00")
    for content, code in (
        (b"", "EMPTY_FILE"),
        (b"%PDF-1.7", "XML_MALFORMED"),
        (hostile, "XML_DOCTYPE"),
        (wrong_sum, "STATEMENT_SUM"),
    ):
        response = api.upload(path, content)
        assert (response.status_code, response.json()["code"]) == (400, code)
    assert api.upload(f"/bank-accounts/{uuid4()}/upload", statement()).status_code == 404
    foreign = statement(("1.00", "x")).replace(IBAN.encode(), b"DE02120300000000202051")
    assert api.upload("/bank-transactions/import-file", foreign).status_code == 404
    assert transactions(api) == []


def test_a_repeated_key_imports_and_settles_once(
    api: Api, resources: Resources, account: str
) -> None:
    intent_id, customer = invoice(api, resources, 100, "RE-1")
    key = {"Idempotency-Key": str(uuid4())}
    content = statement(("1.00", "RE-1"))
    first = api.upload(f"/bank-accounts/{account}/upload", content, headers=key).json()
    again = api.upload(f"/bank-accounts/{account}/upload", content, headers=key)
    assert again.json() == first
    assert again.headers["Idempotency-Replayed"] == "true"
    (line,) = transactions(api)
    body = {
        "intent_id": intent_id,
        "candidate_kind": "open_receivable",
        "open_item_account": customer,
    }
    key = {"Idempotency-Key": str(uuid4())}
    path = f"/bank-transactions/{line['id']}/reconcile"
    assert api.ok("POST", path, body, headers=key) == api.ok("POST", path, body, headers=key)


def test_the_balance_history_ends_with_what_the_bank_has(api: Api, account: str) -> None:
    api.upload(
        f"/bank-accounts/{account}/upload",
        statement(("20.00", "x"), opening="100.00", closing="120.00"),
    )
    history = api.ok("GET", "/bank-accounts/balance-history", params={"days": "3"})
    assert [str(point["balance"]) for point in history["history"]] == ["120.00"] * 3
    assert str(history["currentBalance"]) == "120.00"
    assert api.refused("GET", "/bank-accounts/balance-history?days=366") == (400, "INVALID_INPUT")
