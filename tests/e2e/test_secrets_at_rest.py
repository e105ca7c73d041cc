"""A stolen dump opens nothing: no secret of a run is in database, files or log (S-13, S-25)."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.ledger import founding
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.contracts.credentials import Keys
from tests.e2e.serving import NORDLICHT, Serving, command, start_server, stop_server

PASSWORD = "Bernstein-Leuchtturm-4711"
NEW_PASSWORD = "Kutter-Fischbrötchen-0815"
# What would be a secret in an answer: hashes of passwords, private keys, digests of tokens.
INSIDE = re.compile(
    r"\$argon2|BEGIN [A-Z ]*PRIVATE KEY|token_hash|password_hash|secret_hash|totp_secret|sealed"
)
FORMS = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def house(
    server_url: str, server_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, Resources, Caller]]:
    """A server of its own with a company, so that all its files and its log are of this run."""
    home = tmp_path_factory.mktemp("secrets") / "home"
    home.mkdir()
    serving = start_server(home, KONTORHAUS_DATABASE_URL=server_url, KONTORHAUS_LOG_LEVEL="debug")
    config = from_environment({"KONTORHAUS_HOME": str(home)})
    resources = Resources(config, server_database, Blobs(home / "blobs"), workshop=None)  # type: ignore[arg-type]
    tenant = founding.found(server_database, profile=NORDLICHT).tenants["LIVE"]
    yield serving, resources, Caller(tenant, SYSTEM, "Europe/Berlin")
    assert stop_server(serving) == 0


class Run:
    """Everything that hands out or takes secrets, done once; answers and secrets are kept."""

    def __init__(self, serving: Serving, resources: Resources, caller: Caller) -> None:
        self.base_url, self._resources, self._caller = serving.base_url, resources, caller
        self.secrets: set[str] = set()
        self.answers: list[httpx.Response] = []
        self._keys = Keys(resources, self.base_url, caller)

    def play(self) -> None:
        """Keys of all surfaces, a login, an app, an invitation, and writes that are repeated."""
        for surface in ("books", "billing", "portal", "management"):
            self.secrets.add(self._keys.authorization(surface).removeprefix("Bearer "))
        self._people()
        self._apps()
        self._key_pairs()

    def send(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        """One request; its answer is kept."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        answer = httpx.request(
            method,
            self.base_url + path,
            headers=headers,
            timeout=60,
            follow_redirects=False,
            **more,
        )
        self.answers.append(answer)
        return answer

    def _people(self) -> None:
        email = f"{uuid4().hex}@example.org"
        with begin(self._resources.database, self._caller) as work:
            user_id = identity.create_user(work, email=email, role="owner", password=PASSWORD)
        login = {"email": email, "password": PASSWORD}
        wrong = self.send("POST", "/books/v1/auth/login", json={**login, "password": NEW_PASSWORD})
        assert wrong.status_code == 401
        answer = self.send("POST", "/books/v1/auth/login", json=login)
        assert answer.status_code == 200, answer.text
        session = next(value for key, value in answer.json().items() if "token" in key)
        invitation = sessions.invite(
            self._resources.database,
            secret=secret.of(self._resources.config.home),
            user_id=user_id,
        )
        self.secrets |= {PASSWORD, NEW_PASSWORD, str(session), str(invitation)}
        self.send("GET", "/books/v1/auth/me", str(session))
        done = self.send(
            "POST",
            "/books/v1/auth/setup-password",
            json={"token": str(invitation), "password": NEW_PASSWORD},
        )
        assert done.status_code < 300, done.text

    def _apps(self) -> None:
        token = self._keys.authorization("oauth").removeprefix("Bearer ")
        self.secrets.add(token)
        app = {"client_name": "Lotsenkasse", "kind": "confidential", "scope": "contacts:read"}
        app |= {"redirect_uris": ["https://lotsenkasse.example/callback"]}  # type: ignore[dict-item]
        key = {"Idempotency-Key": str(uuid4())}
        made = [self.send("POST", "/oauth2/clients", token, json=app, headers=key) for _ in "ab"]
        assert {answer.status_code for answer in made} == {201}
        client = made[0].json()
        self.secrets |= {answer.json()["client_secret"] for answer in made}
        granted = self.send(
            "POST",
            "/oauth2/token",
            data={"grant_type": "client_credentials"},
            headers=FORMS | _basic(client["client_id"], client["client_secret"]),
        )
        assert granted.status_code == 200, granted.text
        self.secrets.add(granted.json()["access_token"])

    def _key_pairs(self) -> None:
        token = self._keys.authorization("management").removeprefix("Bearer ")
        base = "/management/api/v0/organizations"
        mine = self.send("GET", base, token).json()["data"][0]["_id"]
        key = {"Idempotency-Key": str(uuid4())}
        body = {"name": "nordlicht"}
        made = [
            self.send("POST", f"{base}/{mine}/api-keys", token, json=body, headers=key)
            for _ in "ab"
        ]
        assert made[0].status_code < 300, made[0].text
        assert made[1].headers["Idempotency-Replayed"] == "true"
        assert "secret" not in made[1].json()
        self.secrets |= {token, made[0].json()["secret"]}


def _basic(name: str, word: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{word}'.encode()).decode()}"}


@pytest.fixture(scope="module")
def run(house: tuple[Serving, Resources, Caller]) -> Run:
    made = Run(*house)
    made.play()
    return made


def everything(conninfo: str, home: Path, log: Path) -> Iterator[tuple[str, bytes]]:
    """All tables, all files of the home but the server's own secret, and the log."""
    with psycopg.connect(conninfo) as connection:
        tables = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f"copy {table} to stdout".encode()) as copied:
                yield table, b"".join(bytes(part) for part in copied)
    for path in home.rglob("*"):
        if path.is_file() and path.name != "secret":
            yield path.name, path.read_bytes()
    yield "log", log.read_bytes()


def test_no_secret_of_a_run_stands_in_database_files_or_log(
    run: Run, house: tuple[Serving, Resources, Caller], server_url: str
) -> None:
    assert len(run.secrets) >= 12
    key = (house[1].config.home / "secret").read_bytes()
    wanted = [(text, text.encode()) for text in run.secrets]
    wanted += [(text, text.encode().hex().encode()) for text in run.secrets]
    wanted += [("the server's secret", key), ("the server's secret in hex", key.hex().encode())]
    found, tables = [], 0
    for place, content in everything(server_url, house[1].config.home, house[0].log):
        tables += 1
        found += [(place, name) for name, text in wanted if text in content]
    assert tables > 60
    assert found == []


def test_no_answer_holds_what_belongs_inside(run: Run) -> None:
    for answer in run.answers:
        assert not INSIDE.search(answer.text), answer.request.url
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_secret_is_shown_in_the_answer_that_made_it_and_in_no_other(run: Run) -> None:
    for word in run.secrets - {PASSWORD, NEW_PASSWORD}:
        assert sum(word in answer.text for answer in run.answers) <= 1
    assert not any(
        word in answer.text for answer in run.answers for word in (PASSWORD, NEW_PASSWORD)
    )


def test_after_a_rotation_old_keys_go_on_working_and_new_ones_seal(
    run: Run, house: tuple[Serving, Resources, Caller], server_url: str
) -> None:
    home = house[1].config.home
    before = (home / "secret").read_bytes()
    done = command(home, "rotate-secret", "--json", KONTORHAUS_DATABASE_URL=server_url)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"keys": 2})
    after = (home / "secret").read_bytes()
    assert (after[32:], len(after)) == (before, 64)
    again = start_server(
        home, KONTORHAUS_DATABASE_URL=server_url, KONTORHAUS_PUBLIC_URL=house[0].base_url
    )
    for beginning, path in (
        ("ll_", "/books/v1/accounts"),
        ("ey", "/management/api/v0/organizations"),
    ):
        headers = [{"Authorization": f"Bearer {w}"} for w in run.secrets if w.startswith(beginning)]
        answers = [httpx.get(f"{again.base_url}{path}", headers=header) for header in headers]
        assert {answer.status_code for answer in answers} == {200}, path
    fresh = Keys(house[1], again.base_url, house[2])
    signed = httpx.get(
        f"{again.base_url}/management/api/v0/organizations",
        headers={"Authorization": fresh.authorization("management")},
    )
    assert signed.status_code == 200
    assert stop_server(again) == 0
