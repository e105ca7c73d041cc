"""Many clients at once on real servers: numbers, drafts, bank lines and keys are used once."""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from kontorhaus.runtime.database import Database
from tests.e2e.calls import ask, at_once, booking, contact, findings, invoice, ok
from tests.e2e.camt import Payment, statement
from tests.e2e.serving import (
    NORDLICHT,
    Serving,
    Tenant,
    client,
    make_tenant,
    two_servers,
)

CLIENTS = 64
FINALIZATIONS = 640
FAILURES = 96  # 15 %

# Two ways to fail after the number was drawn: the database asks to try again until we give up, or
# the connection of the transaction dies just before its commit.
ILL_LUCK = """
create function never_serializable() returns trigger language plpgsql as $$
begin
    if new.party_name like 'Wettlauf %' then
        raise exception 'could not serialize access' using errcode = 'serialization_failure';
    end if;
    return new;
end
$$;
create trigger never_serializable before insert on outgoing_invoice
    for each row execute function never_serializable();
create function cut_connection() returns trigger language plpgsql security definer as $$
begin
    if new.action = 'invoicing.finalized' and exists (
        select from document d where d.tenant_id = new.tenant_id and d.id::text = new.subject_id
        and d.content->'client'->>'name' like 'Abbruch %'
    ) then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(5);
    end if;
    return new;
end
$$;
create trigger cut_connection before insert on audit
    for each row execute function cut_connection();
"""


@pytest.fixture(scope="module")
def url(fresh_database: Callable[[], str]) -> str:
    """A database of which the servers' worker does not take the attention."""
    return fresh_database()


@pytest.fixture(scope="module")
def servers(url: str) -> Iterator[list[Serving]]:
    with two_servers(url) as started:
        yield started


@pytest.fixture(scope="module")
def database(servers: list[Serving], url: str) -> Iterator[Database]:
    opened = Database(url, size=4).open()
    yield opened
    opened.close()


@pytest.fixture
def tenant(servers: list[Serving], database: Database) -> Tenant:
    return make_tenant(database, servers[0].home, servers[0].base_url, profile=NORDLICHT)


def statuses(responses: Sequence[httpx.Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def hang_up(serving: Serving, tenant: Tenant, content: bytes, key: str) -> None:
    """Send a request and do not wait for what comes of it."""
    host, port = serving.base_url.removeprefix("http://").split(":")
    head = (
        f"POST /billing/v1/documents HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: {key}\r\n"
        f"Authorization: Bearer {tenant.tokens['billing']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + content)


def create(billing: httpx.Client, content: bytes, key: str) -> httpx.Response:
    return billing.post("/documents", content=content, headers={"Idempotency-Key": key})


def insist(billing: httpx.Client, content: bytes, key: str) -> httpx.Response:
    """Ask until the same request, sent before, runs no more."""
    while (answer := create(billing, content, key)).status_code == 409:
        pass
    return answer


def test_640_finalizations_by_64_clients_with_failures_leave_no_gap(
    servers: list[Serving], database: Database, url: str, tenant: Tenant
) -> None:
    ask(url, ILL_LUCK)
    dice = random.Random(640)
    ok(tenant.billing.post("/documents", json=invoice("Hand", number="HAND-1", finalized=True)))
    fates = ["Wettlauf", "Abbruch", "Nummer", "Regel"] * (FAILURES // 4)
    fates += ["weg"] * 24 + ["Kunde"] * (FINALIZATIONS - FAILURES - 24)
    dice.shuffle(fates)
    billing = [
        client(f"{serving.base_url}/billing/v1", tenant.tokens["billing"]) for serving in servers
    ]

    def body(position: int, fate: str) -> bytes:
        made = invoice(f"{fate} {position}", finalized=True)
        if fate == "Nummer":
            made["number"] = "HAND-1"
        if fate == "Regel":
            made |= {"exportType": "xrechnung", "client": {"name": "Ohne Anschrift"}}
        return json.dumps(made).encode()

    def finalize(position: int) -> httpx.Response:
        content, key = body(position, fates[position]), f"lauf-{position}"
        if fates[position] == "weg":
            hang_up(servers[position % 2], tenant, content, key)

            return insist(billing[position % 2], content, key)
        return create(billing[position % 2], content, key)

    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(finalize, range(FINALIZATIONS)))

    by_fate = Counter((fates[n], answer.status_code) for n, answer in enumerate(answers))
    quarter = FAILURES // 4
    assert by_fate == {
        ("Kunde", 201): FINALIZATIONS - FAILURES - 24,
        ("weg", 201): 24,
        ("Wettlauf", 503): quarter,
        ("Abbruch", 503): quarter,
        ("Nummer", 409): quarter,
        ("Regel", 422): quarter,
    }
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
    successes = FINALIZATIONS - FAILURES
    numbers = {ok(answer)["number"] for answer in answers if answer.status_code == 201}
    assert numbers == {f"RE-2026-{value:04}" for value in range(1, successes + 1)}
    _nothing_is_half_posted(url, tenant, successes + 1)
    assert findings(database, servers[0], tenant) == []


def _nothing_is_half_posted(url: str, tenant: Tenant, invoices: int) -> None:
    """Each final invoice has one claim, intent, open item, audit row and job, and they have it."""
    whole = ask(
        url,
        "select count(*), count(distinct d.number), count(distinct i.id), count(distinct n.id),"
        " count(distinct o.id), count(distinct a.id), count(distinct j.id)"
        " from document d join outgoing_invoice i on i.id = d.invoice_id and i.document_id = d.id"
        " join intent n on n.id = i.intent_id"
        " join open_item o on o.intent_id = n.id"
        " join audit a on a.subject_id = d.id::text and a.action = 'invoicing.finalized'"
        " join procrastinate_jobs j on j.args->'arguments'->>'public_id' = d.public_id"
        " where d.tenant_id = %(tenant)s and d.finalized_at is not null",
        tenant=tenant.tenant_id,
    )
    assert whole == [(invoices,) * 7]
    for table in ("document", "outgoing_invoice", "intent", "open_item"):
        assert ask(
            url,
            f"select count(*) from {table} where tenant_id = %(tenant)s",
            tenant=tenant.tenant_id,
        ) == [(invoices,)], table


def test_of_32_that_finalize_one_draft_one_succeeds(
    servers: list[Serving], database: Database, tenant: Tenant
) -> None:
    for _ in range(5):
        draft = ok(tenant.billing.post("/documents", json=invoice("Entwurf")))["id"]
        answers = at_once(
            [
                lambda draft=draft: tenant.billing.patch(
                    f"/documents/{draft}", json={"finalized": True}
                )
            ]
            * 32
        )
        assert statuses(answers) == {200: 1, 409: 31}
    assert findings(database, servers[0], tenant) == []


def _bank(tenant: Tenant, payments: list[Payment]) -> list[dict[str, Any]]:
    """Lines of a new bank account, oldest first."""
    account = ok(
        tenant.books.post(
            "/v1/bank-accounts",
            json={"name": "Konto", "iban": NORDLICHT.iban, "account_number": "1800"},
        )
    )["id"]
    content = statement(NORDLICHT.iban, Decimal(0), payments)
    answers = at_once(
        [
            lambda: tenant.books.post(
                f"/v1/bank-accounts/{account}/upload",
                files={"file": ("auszug.xml", content, "application/xml")},
            )
        ]
        * 8
    )
    assert sum(ok(answer)["imported"] for answer in answers) == len(payments)
    found = ok(tenant.books.get("/v1/bank-transactions", params={"limit": 500}))["transactions"]
    assert len(found) == len(payments)
    return sorted(found, key=lambda line: str(line["reference"]))


def _claims(tenant: Tenant, count: int) -> list[dict[str, Any]]:
    """Open invoices of 140.16 EUR, by number."""
    customer = contact(tenant)
    made = [
        ok(
            tenant.billing.post(
                "/documents",
                json={**invoice(""), "client": None, "clientId": customer, "finalized": True},
            )
        )["number"]
        for _ in range(count)
    ]
    known = {
        row["invoice_number"]: row
        for row in ok(tenant.books.get("/v1/outgoing-invoices", params={"limit": 500}))
    }
    return [known[number] for number in made]


def _match(claim: dict[str, Any]) -> dict[str, Any]:
    return {
        "intent_id": claim["intent_id"],
        "candidate_kind": "open_receivable",
        "open_item_account": claim["open_item_account"],
    }


def _payments(count: int) -> list[Payment]:
    return [
        Payment(
            date(2026, 3, 10),
            Decimal("140.16"),
            "Hansen",
            "DE89370400440532013000",
            f"Zahlung {number:02}",
        )
        for number in range(count)
    ]


def test_of_16_that_reconcile_one_bank_line_one_books(
    servers: list[Serving], database: Database, url: str, tenant: Tenant
) -> None:
    rounds = 10
    lines, claims = _bank(tenant, _payments(rounds)), _claims(tenant, rounds)
    for line, claim in zip(lines, claims, strict=True):
        answers = at_once(
            [
                lambda line=line, claim=claim: tenant.books.post(
                    f"/v1/bank-transactions/{line['id']}/reconcile", json=_match(claim)
                )
            ]
            * 16
        )
        assert statuses(answers) == {200: 1, 409: 15}
    settled = ask(
        url,
        "select count(*), count(distinct open_item_id), sum(amount) from allocation"
        " where tenant_id = %(tenant)s",
        tenant=tenant.tenant_id,
    )
    assert settled == [(rounds, rounds, rounds * 14016)]
    assert findings(database, servers[0], tenant) == []


def test_single_batch_and_group_that_race_for_a_line_book_it_once(
    servers: list[Serving], database: Database, url: str, tenant: Tenant
) -> None:
    rounds = 5
    lines, claims = _bank(tenant, _payments(rounds)), _claims(tenant, rounds)

    def single(line: dict[str, Any], claim: dict[str, Any]) -> httpx.Response:
        return tenant.books.post(
            f"/v1/bank-transactions/{line['id']}/reconcile", json=_match(claim)
        )

    def batch(line: dict[str, Any], claim: dict[str, Any]) -> httpx.Response:
        return tenant.books.post(
            "/v1/bank-transactions/batch-reconcile",
            json={"matches": [{"bank_transaction_id": line["id"], **_match(claim)}]},
        )

    def group(line: dict[str, Any], claim: dict[str, Any]) -> httpx.Response:
        return tenant.books.post(
            "/v1/bank-match-groups",
            json={
                "bank_transaction_ids": [line["id"]],
                "allocations": [{**_match(claim), "allocated_bank_amount": 140.16}],
            },
        )

    for line, claim in zip(lines, claims, strict=True):
        racers = [
            lambda way=way, line=line, claim=claim: way(line, claim)
            for way in (single, batch, group)
            for _ in range(5)
        ]
        answers = at_once(racers)
        assert all(answer.status_code < 500 for answer in answers), statuses(answers)
    settled = ask(
        url,
        "select count(*), count(distinct open_item_id), sum(amount) from allocation"
        " where tenant_id = %(tenant)s",
        tenant=tenant.tenant_id,
    )
    assert settled == [(rounds, rounds, rounds * 14016)]
    assert findings(database, servers[0], tenant) == []


def test_one_key_32_times_at_once_has_one_effect(
    servers: list[Serving], database: Database, url: str, tenant: Tenant
) -> None:
    key = {"Idempotency-Key": "einmal"}
    stranger = make_tenant(database, servers[0].home, servers[1].base_url, profile=NORDLICHT)
    answers = at_once(
        [lambda: tenant.books.post("/v1/bookings", json=booking("einmal"), headers=key)] * 32
    )
    assert statuses(answers) == {200: 32}
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.headers.get("idempotency-replayed") for answer in answers]
    assert Counter(replayed) == {None: 1, "true": 31}
    other_body = tenant.books.post("/v1/bookings", json=booking("zweimal"), headers=key)
    other_operation = tenant.books.post(
        "/v1/journal/reverse", json={"intent_id": ok(answers[0])["intent_id"]}, headers=key
    )
    assert (other_body.status_code, other_operation.status_code) == (422, 422)
    independent = stranger.books.post("/v1/bookings", json=booking("einmal"), headers=key)
    assert ok(independent)["intent_id"] != ok(answers[0])["intent_id"]
    other_credential = tenant.billing.post("/contacts", json={"name": "Eigener"}, headers=key)
    assert other_credential.status_code == 201
    assert ask(
        url,
        "select count(*) from intent where tenant_id in (%(a)s, %(b)s)",
        a=tenant.tenant_id,
        b=stranger.tenant_id,
    ) == [(2,)]
    assert findings(database, servers[0], tenant) == []
