"""Logins and passwords by mail over HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from kontorhaus.surfaces.books.routes import books
from tests import mail_sink
from tests.actions.test_sessions import later
from tests.mail_sink import Sink
from tests.surfaces.books.books_api import Api
from tests.surfaces.books.mailing import mailing

PASSWORD = "korrekt Pferd Batterie"
OTHER_PASSWORD = "ein ganz anderes Wort"
FORGOTTEN = {"ok": True}


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with mail_sink.running() as opened:
        yield opened


@pytest.fixture(scope="module")
def resources(
    database: Database, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Resources]:
    with mailing(database, sink, tmp_path_factory.mktemp("home")) as opened:
        yield opened


class Person:
    """Somebody with a password in the tenant of a client."""

    def __init__(self, api: Api, resources: Resources, role: str = "owner") -> None:
        self.api, self.resources = api, resources
        self.email = f"{uuid4().hex}@example.de"
        with begin(resources.database, api.caller) as work:
            self.id: UserId = identity.create_user(
                work, email=self.email, role=role, password=PASSWORD
            )

    def login(self, password: str = PASSWORD, **more: Any) -> Any:
        body = {"email": self.email, "password": password}
        return self.api.with_token("x")("POST", "/auth/login", body, **more)

    def token(self) -> str:
        response = self.login()
        assert response.status_code == 200, response.text
        return str(response.json()["token"])


@pytest.fixture
def person(api: Api, resources: Resources) -> Person:
    return Person(api, resources)


@pytest.fixture
def free(resources: Resources) -> Iterator[None]:
    """Attempts from this machine are forgotten, so that tests do not count against each other."""
    yield
    with resources.database.connection() as connection:
        connection.execute("delete from login_window")


pytestmark = pytest.mark.usefixtures("free")


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("owner", "owner"),
        ("admin", "admin"),
        ("member", "member"),
        ("adviser", "member"),
        ("adviser_read", "member"),
        ("auditor", "member"),
    ],
)
def test_a_login_gives_a_token_that_says_who_it_is(
    api: Api, resources: Resources, role: str, shown: str
) -> None:
    person = Person(api, resources, role)
    answer = person.login().json()
    user = {"id": str(person.id), "email": person.email, "role": shown, "role_detail": role}
    tenant = {"id": str(api.caller.tenant_id), "company_name": "Nordlicht Hosting GmbH"}
    assert answer == {"token": answer["token"], "user": user, "tenant": tenant}
    me = api.with_token(answer["token"]).ok("GET", "/auth/me")
    assert (me["user"], me["tenant"]) == (user, tenant)
    assert ("admin" in me["scopes"]) == (role in ("owner", "admin"))
    assert ("journal:write" in me["scopes"]) == (role not in ("adviser_read", "auditor"))


def test_the_spelling_of_an_address_does_not_matter(person: Person) -> None:
    person.email = person.email.upper()
    assert person.login().json()["user"]["email"] == person.email.lower()


def test_a_key_says_who_made_it_and_what_it_may(tenant: Callable[..., Api]) -> None:
    me = tenant(scopes=("journal:read", "bank:read")).ok("GET", "/auth/me")
    assert me["scopes"] == ["bank:read", "journal:read"]
    assert me["user"]["role"] == "owner"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(person: Person) -> None:
    def answer(**body: str) -> tuple[int, Any]:
        given = {"email": person.email, "password": "falsches Passwort", **body}
        response = person.api.with_token("x")("POST", "/auth/login", given)
        return response.status_code, response.json()

    wrong, unknown = answer(), answer(email=f"no-{person.email}")
    assert wrong == unknown
    assert (wrong[0], wrong[1]["code"]) == (401, "WRONG_LOGIN")


def test_ten_wrong_passwords_lock_an_account_for_a_while(person: Person) -> None:
    codes = [person.login("falsches Passwort").status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    refused = person.login()
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert 0 < int(refused.headers["Retry-After"]) <= 900


def test_one_machine_cannot_try_one_password_on_many_accounts(person: Person) -> None:
    def attempt(number: int) -> int:
        body = {"email": f"{number}-{person.email}", "password": PASSWORD}
        return int(person.api.with_token("x")("POST", "/auth/login", body).status_code)

    keys = secret.of(person.resources.config.home)
    client = keys.digest("address:testclient", purpose="login_address")
    with person.resources.database.connection() as connection:
        connection.execute(
            "insert into login_window (account_hash, tries) values (%s, %s)",
            (client, [person.resources.database.clock.now()] * 98),
        )
    assert [attempt(number) for number in range(4)] == [401, 401, 429, 429]
    assert person.login().status_code == 429


def test_a_right_password_counts_as_no_attempt(person: Person) -> None:
    for _ in range(12):
        assert person.login().status_code == 200


def test_logins_of_the_owner_lend_a_guesser_no_further_attempts(person: Person) -> None:
    for _ in range(5):
        assert person.login("falsches Passwort").status_code == 401
        assert person.login().status_code == 200
        assert person.login("falsches Passwort").status_code == 401
    assert person.login("falsches Passwort").status_code == 429


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("login", {"email": "x", "password": "y"}, "email"),
        ("login", {"email": "a@example.de"}, "password"),
        ("login", {"email": "a@example.de", "password": 1}, "password"),
        ("login", {"email": "a@example.de", "password": "y", "role": "owner"}, "role"),
        ("forgot-password", {"email": "a@b@c"}, "email"),
        ("setup-password", {"token": "x", "password": "zu kurz"}, "password"),
        ("setup-password", {"token": "x", "password": "x" * 201}, "password"),
    ],
)
def test_a_malformed_request_names_its_field(
    api: Api, path: str, body: dict[str, object], field: str
) -> None:
    response = api("POST", f"/auth/{path}", body)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert list(response.json()["details"]) == [field]


def test_a_logout_ends_its_session_at_once_and_no_other(person: Person) -> None:
    first, second = (person.api.with_token(person.token()) for _ in range(2))
    assert first.ok("GET", "/auth/me")
    assert first.ok("POST", "/auth/logout") == {"ok": True}
    assert first.refused("GET", "/auth/me") == (401, "UNAUTHORIZED")
    assert first.refused("POST", "/auth/logout") == (401, "UNAUTHORIZED")
    assert second.ok("GET", "/auth/me")


def test_a_key_outlives_its_logout(api: Api) -> None:
    assert api.ok("POST", "/auth/logout") == {"ok": True}
    assert api.ok("GET", "/auth/me")


def test_without_a_token_there_is_nobody(api: Api) -> None:
    for method, path in (("GET", "/auth/me"), ("POST", "/auth/logout"), ("POST", "/contact")):
        assert api.with_token("").refused(method, path) == (401, "UNAUTHORIZED")


def mail_about(sink: Sink, subject: str) -> EmailMessage:
    """The next mail with the subject; others, such as those of new passwords, are passed over."""
    while True:
        came = sink.next()
        if came["Subject"] == subject:
            return came


def link_in(sink: Sink, person: Person) -> str:
    came = mail_about(sink, "Ihr neues Passwort")
    assert came["To"] == person.email
    text = came.get_content()
    found = re.search(r"https://buch\.example/setup/([0-9a-f]{64})\s", text)
    assert found, text
    return found[1]


def test_a_forgotten_password_is_set_anew_by_a_link_in_a_mail(person: Person, sink: Sink) -> None:
    open_session = person.api.with_token(person.token())
    assert person.api.ok("POST", "/auth/forgot-password", {"email": person.email}) == FORGOTTEN
    body = {"token": link_in(sink, person), "password": OTHER_PASSWORD}
    visitor = person.api.with_token("x")
    assert visitor.ok("POST", "/auth/setup-password", body) == {"ok": True}
    assert visitor.refused("POST", "/auth/setup-password", body) == (400, "INVALID_TOKEN")
    time.sleep(1)
    assert open_session.refused("GET", "/auth/me") == (401, "UNAUTHORIZED")
    assert person.login().status_code == 401
    assert person.login(OTHER_PASSWORD).status_code == 200


def test_the_mail_speaks_the_language_of_the_organization(
    api: Api, resources: Resources, sink: Sink
) -> None:
    person = Person(api, resources)
    for language, subject in (("de", "Ihr neues Passwort"), ("en", "Your new password")):
        with begin(resources.database, api.caller) as work:
            identity.change_profile(work, changes={"language": language})
        api.ok("POST", "/auth/forgot-password", {"email": person.email})
        assert mail_about(sink, subject)["To"] == person.email


def test_nobody_learns_who_has_an_account_and_nobody_else_gets_a_mail(
    person: Person, sink: Sink
) -> None:
    unknown = {"email": f"no-{person.email}"}
    assert person.api.ok("POST", "/auth/forgot-password", unknown) == FORGOTTEN
    person.api.ok("POST", "/auth/forgot-password", {"email": person.email})
    link_in(sink, person)
    assert sink.mails.empty()


def test_a_link_holds_for_one_hour(
    person: Person, sink: Sink, served: TestClient, resources: Resources
) -> None:
    person.api.ok("POST", "/auth/forgot-password", {"email": person.email})
    token = link_in(sink, person)
    afterwards = replace(resources, database=later(resources.database, timedelta(minutes=61)))
    with TestClient(Starlette(routes=[Mount(books.base, books.asgi(afterwards))])) as client:
        body = {"token": token, "password": OTHER_PASSWORD}
        response = client.post("/books/v1/auth/setup-password", json=body)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_TOKEN")


def test_links_are_limited_for_everybody_alike(person: Person, sink: Sink) -> None:
    for email in (f"no-{person.email}", person.email):
        answers = [person.api("POST", "/auth/forgot-password", {"email": email}) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 3000
    for _ in range(5):
        link_in(sink, person)


def test_links_cannot_be_guessed_for_long(person: Person) -> None:
    keys = secret.of(person.resources.config.home)
    client = keys.digest("address:testclient", purpose="links_address")
    with person.resources.database.connection() as connection:
        connection.execute(
            "insert into login_window (account_hash, tries) values (%s, %s)",
            (client, [person.resources.database.clock.now()] * 49),
        )
    body = {"token": "0" * 64, "password": OTHER_PASSWORD}
    codes = [person.api("POST", "/auth/setup-password", body).status_code for _ in range(2)]
    assert codes == [400, 429]


def test_no_link_stands_in_the_database(person: Person, sink: Sink) -> None:
    person.api.ok("POST", "/auth/forgot-password", {"email": person.email})
    token = link_in(sink, person)
    with person.resources.database.connection() as connection:
        row = connection.execute(
            "select count(*) from procrastinate_jobs where args::text like %s", (f"%{token}%",)
        ).fetchone()
    assert row == (0,)


def test_attempts_are_forgotten_when_they_ran_out(person: Person) -> None:
    database = person.resources.database
    person.login("falsches Passwort")
    sessions.purge(later(database, timedelta(minutes=50)))
    assert _counts(database) > 0
    sessions.purge(later(database, timedelta(minutes=61)))
    assert _counts(database) == 0


def _counts(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("select count(*) from login_window").fetchone()
    assert row
    return int(row[0])
