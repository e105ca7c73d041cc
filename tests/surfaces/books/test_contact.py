"""Messages to whoever runs the server, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from tests import mail_sink
from tests.mail_sink import Sink
from tests.surfaces.books.books_api import Api
from tests.surfaces.books.mailing import mailing

LETTER = {"name": "Anna Berg", "email": "anna@example.de", "message": "Guten Tag,\neine Frage."}


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


def test_a_message_reaches_whoever_runs_the_server(api: Api, sink: Sink) -> None:
    assert api.ok("POST", "/contact", LETTER) == {"ok": True}
    came = sink.next()
    assert (came["To"], came["Reply-To"]) == ("betrieb@kontorhaus.example", "anna@example.de")
    assert came["Subject"] == "Nachricht von Anna Berg"
    lines = came.get_content().splitlines()
    assert lines[0].startswith("Anna Berg <anna@example.de> von Nordlicht Hosting GmbH")
    assert lines[2:] == ["Guten Tag,", "eine Frage."]


def test_what_fell_into_the_honeypot_is_thrown_away(api: Api, sink: Sink) -> None:
    assert api.ok("POST", "/contact", LETTER | {"_honeypot": "http://spam"}) == {"ok": True}
    assert api.ok("POST", "/contact", LETTER | {"_honeypot": "", "name": "Echt"}) == {"ok": True}
    assert sink.next()["Subject"] == "Nachricht von Echt"
    assert sink.mails.empty()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\r\nBcc: b@example.org"},
        {"email": "a@example.de\r\nBcc: b@example.org"},
        {"email": "anna"},
        {"message": ""},
        {"message": "x" * 5001},
        {"to": "boss@example.org"},
    ],
)
def test_a_malformed_message_is_refused(api: Api, wrong: dict[str, str]) -> None:
    response = api.refused("POST", "/contact", LETTER | wrong)
    assert response == (400, "INVALID_INPUT")


def test_a_person_sends_five_messages_an_hour(api: Api, sink: Sink) -> None:
    answers = [api("POST", "/contact", LETTER) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 3000
    for _ in range(5):
        sink.next()


def test_a_message_that_is_sent_again_goes_out_once(api: Api, sink: Sink) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        assert api.ok("POST", "/contact", LETTER, headers=key) == {"ok": True}
    sink.next()
    assert sink.mails.empty()
