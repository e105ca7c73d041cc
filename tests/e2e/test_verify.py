"""`kontorhaus verify` and the offline checker find what somebody with all rights has changed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from kontorhaus.runtime.database import Database
from tests.e2e.calls import ask, booking, invoice, ok
from tests.e2e.serving import (
    NORDLICHT,
    ROOT,
    Serving,
    command,
    make_tenant,
    start_server,
    stop_server,
)

Findings = set[tuple[str, int | None]]

OF_TENANT = "tenant_id = %(tenant)s"
LAST = 17
OF_LAST = f"{OF_TENANT} and journal_number = {LAST}"

# What a superuser does to the books of a tenant, and what verification must then say of it.
TAMPERINGS: dict[str, tuple[list[str], tuple[str, int | None]]] = {
    "a changed amount": (
        [f"update event set amount = amount + 1 where {OF_TENANT} and journal_number = 3"],
        ("hash", 3),
    ),
    "a changed amount with its balances": (
        [
            f"update event set amount = amount + 1 where {OF_LAST}",
            f"update account_balance set debit = debit + 1 where {OF_TENANT} and account = '6300'",
            "update account_balance set credit = credit + 1"
            f" where {OF_TENANT} and account = '1600'",
        ],
        ("hash", LAST),
    ),
    "a changed description": (
        [f"update intent set description = 'anders' where {OF_TENANT} and description = 'Schluss'"],
        ("hash", LAST),
    ),
    "a deleted event": (
        [f"delete from event where {OF_TENANT} and journal_number = 5"],
        ("gap", 5),
    ),
    "a deleted intent": (
        [f"delete from intent where {OF_TENANT} and description = 'Schluss'"],
        ("intent", LAST),
    ),
    "a swapped pair": (
        [
            f"update event set journal_number = 1000 where {OF_TENANT} and journal_number = 3",
            f"update event set journal_number = 3 where {OF_TENANT} and journal_number = 7",
            f"update event set journal_number = 7 where {OF_TENANT} and journal_number = 1000",
        ],
        ("link", 3),
    ),
    "a cut tail": (
        [
            "update chain_head set (journal_number, hash) = (select journal_number, hash from event"
            f" where {OF_TENANT} and journal_number = {LAST} - 1) where {OF_TENANT}",
            f"delete from event where {OF_LAST}",
            f"delete from intent where {OF_TENANT} and description = 'Schluss'",
            f"delete from account_balance where {OF_TENANT} and account in ('6300', '1600')",
            f"delete from account_year where {OF_TENANT} and account in ('6300', '1600')",
        ],
        ("published", LAST),
    ),
    "a changed balance": (
        [f"update account_balance set debit = debit + 1 where {OF_TENANT} and account = '6837'"],
        ("balance", None),
    ),
    "a changed tax balance": (
        [
            f"update tax_balance set debit = debit + 1 where {OF_TENANT} and kind = 'tax'"
            " and tax_code = 'VST19'"
        ],
        ("tax_balance", None),
    ),
    "a changed remainder": (
        [f"update open_item set remaining = 0 where {OF_TENANT}"],
        ("open_item", None),
    ),
    "a deleted claim": ([f"delete from open_item where {OF_TENANT}"], ("claim", None)),
    "a deleted document": ([f"delete from document where {OF_TENANT}"], ("number", None)),
    "a changed PDF": ([], ("file", None)),
    "a missing PDF": ([], ("file", None)),
}
UNTOUCHED = "nothing"


@dataclass(frozen=True)
class House:
    """A database with its home, and by name a tenant for each tampering with its published end."""

    url: str
    home: Path
    tenants: dict[str, str]
    heads: dict[str, tuple[int, str]]

    def change(self, name: str) -> None:
        """Do what only a superuser can: no trigger, no foreign key stands in the way."""
        values = {"tenant": self.tenants[name]}
        with psycopg.connect(self.url) as connection:
            connection.execute("set search_path = kontorhaus")
            connection.execute("set session_replication_role = replica")
            for statement in TAMPERINGS[name][0]:
                assert connection.execute(statement.encode(), values).rowcount, statement

    def pdf(self, name: str) -> Path:
        """Where the PDF of a tenant's invoice is stored."""
        sha256 = ask(
            self.url, f"select sha256 from artefact where {OF_TENANT}", tenant=self.tenants[name]
        )[0][0]
        return self.home / "blobs" / sha256[:2] / sha256[2:4] / sha256

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return command(self.home, *arguments, KONTORHAUS_DATABASE_URL=self.url)

    def verdicts(self, *arguments: str) -> tuple[int, dict[str, Findings]]:
        """The exit code of `kontorhaus verify`, and per tenant check and number of each finding."""
        done = self.run("verify", "--json", *arguments)
        rows = {row["tenant"]: row for row in json.loads(done.stdout)}
        return done.returncode, {
            name: {(one["check"], one["journal_number"]) for one in rows[tenant]["findings"]}
            for name, tenant in self.tenants.items()
        }

    def published(self) -> list[str]:
        """The ends of all chains as arguments."""
        return [
            argument
            for name, (number, digest) in self.heads.items()
            for argument in ("--head", f"{self.tenants[name]}:{number}:{digest}")
        ]


@pytest.fixture(scope="module")
def house(fresh_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> House:
    """Tenants with bookings, an invoice with its PDF and a last booking, as a server wrote them."""
    url, home = fresh_database(), tmp_path_factory.mktemp("verify") / "home"
    home.mkdir()
    serving = start_server(home, KONTORHAUS_DATABASE_URL=url)
    database = Database(url, size=2).open()
    tenants = {name: _write(serving, database, name) for name in (UNTOUCHED, *TAMPERINGS)}
    database.close()
    assert stop_server(serving) == 0
    heads = {
        name: ask(
            url,
            f"select journal_number, encode(hash, 'hex') from chain_head where {OF_TENANT}",
            tenant=tenant,
        )[0]
        for name, tenant in tenants.items()
    }
    return House(url, home, tenants, heads)


def _write(serving: Serving, database: Database, name: str) -> str:
    tenant = make_tenant(database, serving.home, serving.base_url, profile=NORDLICHT)
    for number in range(6):
        ok(tenant.books.post("/v1/bookings", json=booking(f"B-{number}", 11900 + number)))
    document = ok(tenant.billing.post("/documents", json=invoice(name, finalized=True)))
    assert tenant.billing.get(f"/documents/{document['id']}/pdf").status_code == 200
    ok(
        tenant.books.post(
            "/v1/bookings",
            json={
                "booking_date": "2026-04-01",
                "description": "Schluss",
                "lines": [
                    {"account_number": "6300", "debit": 5, "credit": 0},
                    {"account_number": "1600", "debit": 0, "credit": 5},
                ],
            },
        )
    )
    return str(tenant.tenant_id)


@pytest.fixture(scope="module")
def before(house: House) -> tuple[int, dict[str, Findings]]:
    """The verdict on the books as they were written."""
    return house.verdicts(*house.published())


@pytest.fixture(scope="module")
def tampered(house: House, before: object) -> House:
    """The books after every tampering, each in the tenant of its name."""
    for name, (statements, _) in TAMPERINGS.items():
        if statements:
            house.change(name)
    changed = house.pdf("a changed PDF")
    changed.write_bytes(changed.read_bytes().replace(b"/Type", b"/typE", 1))
    house.pdf("a missing PDF").unlink()
    return house


@pytest.fixture(scope="module")
def after(tampered: House) -> tuple[int, dict[str, Findings]]:
    """The verdict on the tampered books, against the published ends."""
    return tampered.verdicts(*tampered.published())


def test_verify_finds_nothing_in_books_as_they_were_written(
    house: House, before: tuple[int, dict[str, Findings]]
) -> None:
    assert before == (0, {name: set() for name in house.tenants})
    assert {number for number, _ in house.heads.values()} == {LAST}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_verify_finds(after: tuple[int, dict[str, Findings]], name: str) -> None:
    code, verdicts = after
    assert code == 1
    assert TAMPERINGS[name][1] in verdicts[name]
    assert verdicts[UNTOUCHED] == set()


def test_a_cut_tail_shows_against_the_published_end_only(tampered: House) -> None:
    code, verdicts = tampered.verdicts()
    assert code == 1
    assert verdicts["a cut tail"] == set()


def test_verify_says_in_sentences_what_it_found(tampered: House) -> None:
    done = tampered.run("verify")
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert said.count("does not hold") == len(TAMPERINGS) - 1
    assert "The event or its intent was changed. (journal number 3)" in said


def offline(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The checker with nothing but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "tools/verify_chain.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def export(house: House, name: str, target: Path) -> Path:
    done = house.run("export-chain", str(target), "--tenant", house.tenants[name])
    assert done.returncode == 0, done.stderr
    return target


def test_the_offline_checker_agrees(house: House, tmp_path: Path) -> None:
    number, digest = house.heads[UNTOUCHED]
    file = export(house, UNTOUCHED, tmp_path / "chain.txt")
    whole = offline(file, "--head", f"{number}:{digest}")
    assert (whole.returncode, whole.stdout.strip()) == (
        0,
        f"{number} events, in order, end {number}:{digest}",
    )
    lines = file.read_text().splitlines(keepends=True)
    changes = [
        [re.sub('"amount":"[^"]+"', '"amount":"7"', lines[0]), *lines[1:]],
        [*lines[:3], *lines[4:]],
        [*lines[:3], lines[4], lines[3], *lines[5:]],
        lines[:-1],
    ]
    for changed in changes:
        assert changed != lines
        file.write_text("".join(changed))
        assert offline(file, "--head", f"{number}:{digest}").returncode == 1


def test_an_export_of_tampered_books_does_not_pass(tampered: House, tmp_path: Path) -> None:
    checked = offline(export(tampered, "a changed amount", tmp_path / "chain.txt"))
    assert checked.returncode == 1
    assert "event 3: changed" in checked.stdout


def test_there_is_no_chain_of_an_unknown_tenant(house: House, tmp_path: Path) -> None:
    done = house.run("export-chain", str(tmp_path / "x"), "--tenant", "nobody")
    assert done.returncode == 1
    assert done.stderr.startswith("tenant:")
