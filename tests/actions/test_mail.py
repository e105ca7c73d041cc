"""Mails over a real SMTP server: what arrives, what never leaves, what is sent again."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime import mail
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import Config, from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.mail import Attachment, Mail
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin
from tests import mail_sink
from tests.mail_sink import Sink

FROM = "Kontorhaus <post@kontorhaus.example>"
TEXT = "Guten Tag,\n\nÄpfel & Öl – bis morgen.\n"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_sink.running(auth_require_tls=False) as opened:
        yield opened


def resources(database: Database, **settings: str) -> Resources:
    named = {f"KONTORHAUS_{name.upper()}": value for name, value in settings.items()}
    config = from_environment({"KONTORHAUS_MAIL_FROM": FROM, **named})
    return cast(Resources, SimpleNamespace(config=config, database=database))


def here(database: Database, sink: Sink, **settings: str) -> Resources:
    return resources(database, smtp_url=f"smtp://127.0.0.1:{sink.port}", **settings)


def kept(database: Database, caller: Caller) -> list[tuple[UUID, bool]]:
    with begin(database, caller, read_only=True) as work:
        rows = work.connection.execute(
            "select id, sent_at is not null from mail where tenant_id = %(tenant)s order by id",
            {"tenant": work.tenant_id},
        ).fetchall()
    return [(row[0], row[1]) for row in rows]


def enqueued(database: Database, caller: Caller, letter: Mail) -> str:
    with begin(database, caller) as work:
        mail.enqueue(work, mail=letter)
    return str(kept(database, caller)[-1][0])


def test_a_mail_arrives_as_it_was_written(database: Database, sink: Sink) -> None:
    letter = Mail("anna.berg@example.de", "Rechnung über 5 €", TEXT, reply_to="info@example.org")
    mail_id = uuid7()
    assert mail.send(here(database, sink), mail=letter, mail_id=mail_id)
    came = sink.next()
    assert came["From"] == FROM
    assert (came["To"], came["Reply-To"]) == ("anna.berg@example.de", "info@example.org")
    assert came["X-Envelope-To"] == "anna.berg@example.de"
    assert came["Subject"] == "Rechnung über 5 €"
    assert came["Message-ID"] == f"<{mail_id}@kontorhaus.example>"
    assert came.get_content().splitlines() == TEXT.splitlines()


@pytest.mark.parametrize(
    "breaker", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\0"]
)
def test_nothing_in_a_text_becomes_a_header(database: Database, sink: Sink, breaker: str) -> None:
    evil = f"Hallo{breaker}Bcc: boss@example.org{breaker}{breaker}<script>"
    mail.send(here(database, sink), mail=Mail("a@example.de", evil, evil), mail_id=uuid7())
    came = sink.next()
    assert came["Bcc"] is None
    assert came["X-Envelope-To"] == "a@example.de"
    assert came["Subject"].startswith("Hallo Bcc: boss@example.org")


@pytest.mark.parametrize(
    "address",
    [
        "a@example.de\r\nBcc: b@example.org",
        "a@example.de, b@example.org",
        "a@example.de\u2028b",
        "a b@example.de",
        "example.de",
        "@example.de",
        "a@",
        "jörg@example.de",
    ],
)
def test_an_address_that_is_none_gets_no_mail(database: Database, sink: Sink, address: str) -> None:
    for letter in (Mail(address, "x", "x"), Mail("a@example.de", "x", "x", reply_to=address)):
        with pytest.raises(Invalid):
            mail.send(here(database, sink), mail=letter, mail_id=uuid7())
    with pytest.raises(queue.Empty):
        sink.next(0.1)


def test_a_domain_with_umlauts_is_written_in_ascii(database: Database, sink: Sink) -> None:
    mail.send(here(database, sink), mail=Mail("a@müller.de", "x", "x"), mail_id=uuid7())
    assert sink.next()["X-Envelope-To"] == "a@xn--mller-kva.de"


def test_a_kept_mail_is_sent_once(database: Database, live_caller: Caller, sink: Sink) -> None:
    ready = here(database, sink)
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "Einmal", TEXT))
    for _ in range(2):
        mail.deliver(ready, live_caller, mail_id=mail_id)
    assert sink.next()["Message-ID"] == f"<{mail_id}@kontorhaus.example>"
    with pytest.raises(queue.Empty):
        sink.next(0.1)
    assert kept(database, live_caller) == [(UUID(mail_id), True)]


def test_a_mail_without_a_recipient_goes_to_whoever_runs_the_server(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail(None, "Frage", TEXT))
    ready = here(database, sink, operator_email="betrieb@example.org")
    mail.deliver(ready, live_caller, mail_id=mail_id)
    assert sink.next()["To"] == "betrieb@example.org"


def test_a_server_without_mail_keeps_what_it_cannot_send(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    to_somebody = enqueued(database, live_caller, Mail("a@example.de", "Später", TEXT))
    mail.deliver(resources(database), live_caller, mail_id=to_somebody)
    to_operator = enqueued(database, live_caller, Mail(None, "Später", TEXT))
    mail.deliver(here(database, sink), live_caller, mail_id=to_operator)
    assert [sent for _, sent in kept(database, live_caller)] == [False, False]


def state(database: Database, caller: Caller, mail_id: str) -> tuple[str, int, str | None]:
    with begin(database, caller, read_only=True) as work:
        row = work.connection.execute(
            "select state, attempts, answer from mail where tenant_id = %(tenant)s and id = %(id)s",
            {"tenant": work.tenant_id, "id": mail_id},
        ).fetchone()
    assert row is not None
    return cast(tuple[str, int, str | None], tuple(row))


def jobs(database: Database, mail_id: str) -> list[float]:
    """In how many minutes each further attempt is due."""
    with database.connection() as connection:
        rows = connection.execute(
            "select extract(epoch from scheduled_at - now()) / 60 from procrastinate_jobs"
            " where args->'arguments'->>'mail_id' = %(id)s and scheduled_at is not null"
            " order by id",
            {"id": mail_id},
        ).fetchall()
    return [float(row[0]) for row in rows]


def test_a_mail_that_the_server_does_not_take_now_is_sent_later(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    sink.refusal = "451 later"
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert state(database, live_caller, mail_id) == ("queued", 2, "(451, 'later')")
    assert [round(minutes) for minutes in jobs(database, mail_id)] == [1, 5]
    sink.refusal = None
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert sink.next()["Subject"] == "x"
    assert state(database, live_caller, mail_id) == ("sent", 3, None)


def test_after_two_days_a_mail_is_given_up(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    sink.refusal = "451 later"
    for _ in range(12):
        mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert state(database, live_caller, mail_id)[:2] == ("failed", 9)


@pytest.mark.parametrize("where", ["refusal", "recipient_refusal"])
def test_what_the_server_refuses_for_good_is_not_tried_again(
    database: Database, live_caller: Caller, sink: Sink, where: str
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    setattr(sink, where, "550 5.1.1 unknown user")
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert state(database, live_caller, mail_id) == ("bounced", 1, "550 5.1.1 unknown user")
    assert jobs(database, mail_id) == []
    with begin(database, live_caller, read_only=True) as work:
        noted = work.connection.execute(
            "select action, details->>'answer' from audit where tenant_id = %(tenant)s"
            " and subject_id = %(id)s",
            {"tenant": work.tenant_id, "id": mail_id},
        ).fetchall()
    assert [tuple(row) for row in noted] == [("mail.bounced", "550 5.1.1 unknown user")]


def test_a_connection_that_breaks_is_tried_again_with_the_same_id(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    sink.hangs_up = True
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert state(database, live_caller, mail_id)[:2] == ("queued", 1)
    sink.hangs_up = False
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert sink.next()["Message-ID"] == sink.next()["Message-ID"]


def test_a_mail_that_was_going_out_when_the_program_ended_is_not_sent_twice(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    with begin(database, live_caller) as work:
        work.connection.execute(
            "update mail set state = 'sending' where tenant_id = %(tenant)s and id = %(id)s",
            {"tenant": work.tenant_id, "id": mail_id},
        )
    mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    with pytest.raises(queue.Empty):
        sink.next(0.1)
    found, attempts, answer = state(database, live_caller, mail_id)
    assert (found, attempts) == ("failed", 1)
    assert "not known" in (answer or "")


def test_a_slow_server_gets_a_mail_once_however_many_jobs_there_are(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    sink.pause = 0.3
    ready = here(database, sink)
    with ThreadPoolExecutor(6) as threads:
        for done in [
            threads.submit(mail.deliver, ready, live_caller, mail_id=mail_id) for _ in range(6)
        ]:
            done.result()
    sink.next()
    with pytest.raises(queue.Empty):
        sink.next(0.1)
    assert state(database, live_caller, mail_id)[0] == "sent"


def test_mails_that_were_kept_are_taken_up_later(
    database: Database, live_caller: Caller, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    mail.deliver(resources(database), live_caller, mail_id=mail_id)
    for expected in (1, 0):
        with begin(database, live_caller) as work:
            assert mail.take_up(work) == expected
        mail.deliver(here(database, sink), live_caller, mail_id=mail_id)
    assert sink.next()["Subject"] == "x"


def test_a_company_writes_in_its_own_name_from_the_servers_address(
    database: Database, sink: Sink, tmp_path: Path
) -> None:
    blobs = Blobs(tmp_path / "blobs")
    ready = here(database, sink)
    content = b"%PDF-1.7 \x00\xff" * 5000
    letter = Mail(
        "a@example.de", "Rechnung", TEXT, "post@firma.example", "kunde@example.de",
        'Müller "& Söhne" <b@x>, KG', "1@firma.example",
        (Attachment("Rechnung_Ä.pdf", "application/pdf", blobs.put(content), len(content)),),
    )  # fmt: skip
    with_files = SimpleNamespace(config=ready.config, database=database, blobs=blobs)
    mail.send(cast(Resources, with_files), mail=letter, mail_id=uuid7())
    came = sink.next()
    assert came["From"].addresses[0].addr_spec == "post@kontorhaus.example"
    assert came["From"].addresses[0].display_name == letter.sender_name
    assert (came["To"], came["X-Envelope-To"]) == ("kunde@example.de", "a@example.de")
    assert came["Message-ID"] == "<1@firma.example>"
    assert came["Auto-Submitted"] is None
    assert came["MIME-Version"] == "1.0"
    (part,) = came.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("Rechnung_Ä.pdf", content)


@pytest.mark.parametrize(
    "evil",
    [
        "=?utf-8?q?Hallo=0D=0ABcc:_boss@example.org?=",
        "=?utf-8?b?SGFsbG8NCkJjYzogYm9zc0BleGFtcGxlLm9yZw==?=",
        "Chef <boss@example.org>, x",
    ],
)
def test_no_encoded_word_or_name_hides_another_header(
    database: Database, sink: Sink, evil: str
) -> None:
    letter = Mail("a@example.de", evil, "x", sender_name=evil)
    mail.send(here(database, sink), mail=letter, mail_id=uuid7())
    came = sink.next()
    assert came["Bcc"] is None
    assert came["Subject"] == evil.replace("=?", "= ?")
    assert [each.addr_spec for each in came["From"].addresses] == ["post@kontorhaus.example"]


def test_a_connection_is_encrypted_where_the_server_offers_it(database: Database) -> None:
    with mail_sink.running(auth_require_tls=True, tls_context=mail_sink.tls_context()) as secured:
        url = f"smtp://post:geheim@localhost:{secured.port}"
        with pytest.raises(Conflict) as refusal:
            mail.check(resources(database, smtp_url=url).config)
    assert "certificate" in refusal.value.message.lower()


def test_the_mail_of_another_tenant_is_not_found(
    database: Database, live_caller: Caller, standing_tenant: Any, sink: Sink
) -> None:
    mail_id = enqueued(database, live_caller, Mail("a@example.de", "x", TEXT))
    other = Caller(standing_tenant, live_caller.actor, "Europe/Berlin")
    mail.deliver(here(database, sink), other, mail_id=mail_id)
    with pytest.raises(queue.Empty):
        sink.next(0.1)


def test_a_name_and_a_password_open_the_mail_server(database: Database, sink: Sink) -> None:
    url = f"smtp://post%40kontorhaus.example:geheim@127.0.0.1:{sink.port}"
    mail.check(resources(database, smtp_url=url).config)
    assert sink.logins[-1] == ("post@kontorhaus.example", "geheim")
    with pytest.raises(Conflict) as refusal:
        mail.check(resources(database, smtp_url=url.replace("geheim", "falsch")).config)
    assert "falsch" not in refusal.value.message


def test_a_mail_server_that_is_not_there_is_told(database: Database) -> None:
    with pytest.raises(Conflict):
        mail.check(resources(database, smtp_url="smtp://127.0.0.1:9").config)


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "mail.example.org", "smtp://x:99999", "smtp://x:y@"]
)
def test_a_wrong_setting_is_named(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        from_environment({"KONTORHAUS_SMTP_URL": url, "KONTORHAUS_MAIL_FROM": FROM})
    assert refusal.value.details["field"] == "KONTORHAUS_SMTP_URL"
    with pytest.raises(Invalid) as refusal:
        from_environment({"KONTORHAUS_SMTP_URL": "smtps://mail.example.org"})
    assert refusal.value.details["field"] == "KONTORHAUS_MAIL_FROM"


def test_the_settings_do_not_show_the_password(tmp_path: Path) -> None:
    settings = {"KONTORHAUS_SMTP_URL": "smtps://a:geheim@x", "KONTORHAUS_MAIL_FROM": FROM}
    config: Config = from_environment(settings)
    assert "geheim" not in repr(config)
