"""The demo, loaded into an empty database as `make run` does it, and removed again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from kontorhaus.app import verification
from kontorhaus.app.demo import company as demo
from kontorhaus.identity import actions as keys
from kontorhaus.identity import queries as identity
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.invoicing.customers import queries as customers
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.runtime import config as configuration
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.clock import Clock
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.management.routes import management
from tests.surfaces import tenants


def said(text: str) -> None:
    """Nobody reads the progress here."""


@pytest.fixture(scope="module")
def owner(fresh_database: Callable[[], str]) -> str:
    return fresh_database()


@pytest.fixture(scope="module")
def resources(owner: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    home = tmp_path_factory.mktemp("demo")
    config = configuration.from_environment(
        {
            "KONTORHAUS_HOME": str(home / "home"),
            "KONTORHAUS_DATABASE_URL": owner,
            "KONTORHAUS_DEMO_ACCESS": str(home / "var" / "demo-access.json"),
            "KONTORHAUS_CLOCK": "2026-01-15T12:00:00+00:00",
        }
    )
    database = Database(owner, size=4, clock=Clock(config.clock)).open()
    workshop = Workshop(1)
    yield Resources(config, database, Blobs(home / "blobs"), workshop)
    workshop.close()
    database.close()


@pytest.fixture(scope="module")
def empty(owner: str) -> dict[str, int]:
    return rows(owner)


class _Interrupted(Exception):
    """What happens to somebody who loads the demo."""


def interrupt(text: str) -> None:
    """Ends a run in its second month."""
    if "Februar" in text:
        raise _Interrupted(text)


@pytest.fixture(scope="module")
def access(resources: Resources, empty: dict[str, int]) -> Any:
    """The access file after an interrupted run, whose rest is taken out, and a whole one."""
    with pytest.raises(_Interrupted):
        demo.load(resources, progress=interrupt)
    path = demo.load(resources, progress=said)
    assert path.stat().st_mode & 0o777 == 0o600
    return json.loads(path.read_text())


def rows(conninfo: str) -> dict[str, int]:
    """How many rows each table has of organizations; others are the server's or run out."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("set search_path = kontorhaus")
        names = connection.execute(
            "select relname from pg_class where relnamespace = 'kontorhaus'::regnamespace"
            " and relkind = 'r' and relname not in ('procrastinate_events', 'login_window',"
            " 'rate_window', 'signing_key') order by relname"
        ).fetchall()
        return {
            name: connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(name))
            ).fetchone()[0]  # type: ignore[index]
            for (name,) in names
        }


def one(conninfo: str, query: str) -> Any:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("set search_path = kontorhaus")
        return connection.execute(query).fetchone()


def test_the_demo_has_invoices_bank_lines_and_a_rest_to_do(owner: str, access: Any) -> None:
    counted = rows(owner)
    assert counted["document"] >= 330
    assert counted["bank_transaction"] >= 1050
    assert counted["organization"] == 3
    (unmatched,) = one(
        owner,
        "select count(*) from bank_transaction t where not exists (select 1 from bank_match m"
        " where m.tenant_id = t.tenant_id and m.transaction_id = t.id)",
    )
    assert 20 < unmatched < counted["bank_transaction"] // 2
    (paid,) = one(owner, "select count(*) from open_item where remaining = 0")
    assert paid > 250


def test_the_demo_shows_each_kind_of_document_once_at_least(owner: str, access: Any) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("set search_path = kontorhaus")
        kinds = connection.execute(
            "select distinct type, content ->> 'form' from document where finalized_at is not null"
        ).fetchall()
    assert set(kinds) >= {
        ("estimate", "standard"),
        ("order-confirmation", "standard"),
        ("delivery-note", "standard"),
        ("invoice", "standard"),
        ("invoice", "partial"),
        ("invoice", "final"),
    }
    counted = rows(owner)
    assert counted["product"] >= 30
    assert counted["cancellation"] == 2
    assert counted["document_mail"] == 1


def test_the_demo_ends_with_the_month_before_the_present_one(owner: str, access: Any) -> None:
    first, last = one(owner, "select min(booking_date), max(booking_date) from intent")
    assert (first.isoformat(), last.isoformat()[:7]) == ("2025-01-01", "2025-12")


def test_the_books_of_the_demo_hold(resources: Resources, access: Any) -> None:
    verdicts = list(verification.verify(resources, published={}, progress=said))
    assert {verdict.tenant.environment: verdict.findings for verdict in verdicts} == {
        "LIVE": (),
        "TEST": (),
    }
    assert all(
        (verdict.head.journal_number > 0) == (verdict.tenant.environment == "LIVE")
        for verdict in verdicts
    )


def test_the_access_file_opens_every_door_of_both_live_tenants(
    resources: Resources, access: Any
) -> None:
    assert access["base_url"] == resources.config.public_url
    places = {
        row.organization_name: row
        for row in identity.tenants(resources.database)
        if row.environment == "LIVE"
    }
    names = {"demo": "Nordlicht Hosting GmbH", "other": "Buchhandlung Lindenhof e. K."}
    for key, doors in access["tenants"].items():
        assert doors.keys() == {"books", "billing", "management", "portal", "web"}
        session = entry.login(
            resources.database,
            secret=secret.of(resources.config.home),
            surface="web",
            email=doors["web"]["email"],
            password=doors["web"]["password"],
        )
        assert session.place.tenant_id == places[names[key]].tenant_id


def test_the_portal_of_the_demo_has_something_of_everything(
    resources: Resources, access: Any
) -> None:
    principal = keys.authenticate(
        resources.database,
        secret=secret.of(resources.config.home),
        surface="portal",
        token=access["tenants"]["demo"]["portal"]["token"],
    )
    assert principal is not None
    party_id = principal.party_id
    assert party_id is not None
    with begin(resources.database, principal.caller(None), read_only=True) as work:
        found, total = customers.invoices(work, party_id=party_id, limit=100)
        assert credit.balance(work, party_id=party_id).minor > 0
    assert total == len(found)
    assert {one.status for one in found} == {"Paid", "Unpaid", "Cancelled"}
    assert {item.type for one in found for item in one.items} == {"Hosting", "Domain", "Item"}


def test_the_demo_manages_an_organization_of_a_customer_in_test(
    resources: Resources, access: Any
) -> None:
    doors = access["tenants"]["demo"]
    with tenants.opened(management, resources) as client:
        answer = client.post(f"{management.base}/auth", json=doors["management"])
        assert answer.status_code == 200, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        listed = client.get(f"{management.base}/organizations", headers=headers).json()["data"]
    assert [(row["name"], row["_type"], row["_envs"]) for row in listed] == [
        ("Ferienwohnungen Deichblick", "MANAGED_ORGANIZATION", ["TEST"]),
        ("Nordlicht Hosting GmbH", "ORGANIZATION", ["TEST", "LIVE"]),
    ]
    assert (listed[0]["address_line1"], listed[0]["zip"]) == ("Deichkrone 3", "25899")
    session = entry.login(
        resources.database,
        secret=secret.of(resources.config.home),
        surface="web",
        email=doors["web"]["email"],
        password=doors["web"]["password"],
    )
    places = sessions.places_of(resources.database, user_id=session.user_id)
    assert [(place.organization_name, place.environment) for place in places] == [
        ("Nordlicht Hosting GmbH", "LIVE"),
        ("Nordlicht Hosting GmbH", "TEST"),
        ("Ferienwohnungen Deichblick", "TEST"),
    ]


def test_loading_again_changes_nothing(owner: str, resources: Resources, access: Any) -> None:
    before = rows(owner)
    path = demo.load(resources, progress=said)
    assert json.loads(path.read_text()) == access
    assert rows(owner) == before


def test_a_lost_access_file_is_written_anew_with_other_keys(
    resources: Resources, access: Any
) -> None:
    resources.config.demo_access.unlink()
    fresh = json.loads(demo.load(resources, progress=said).read_text())
    assert fresh["tenants"].keys() == access["tenants"].keys()
    for key, doors in fresh["tenants"].items():
        assert doors["books"]["api_key"] != access["tenants"][key]["books"]["api_key"]
    moved = replace(resources, config=replace(resources.config, public_url="http://elsewhere"))
    elsewhere = json.loads(demo.load(moved, progress=said).read_text())
    assert elsewhere["base_url"] == "http://elsewhere"


def test_every_document_has_a_file_for_the_referee(
    resources: Resources, access: Any, tmp_path: Path
) -> None:
    kept = os.environ.get("KONTORHAUS_KEEP")
    folder, wanted = (Path(kept), None) if kept else (tmp_path, 4)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in islice(demo.documents(resources), wanted):
        assert content.startswith(b"%PDF-" if name.endswith(".pdf") else b"<?xml")
        (folder / name).write_bytes(content)
    assert len(list(folder.iterdir())) >= (wanted or 330)


def test_removing_the_demo_leaves_no_row(
    owner: str, resources: Resources, access: Any, empty: dict[str, int]
) -> None:
    demo.remove(resources)
    assert rows(owner) == empty
    assert not resources.config.demo_access.exists()
