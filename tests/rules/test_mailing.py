"""How large a mail becomes, when its day ends, and what is usually written around a document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontorhaus.invoicing.mailing import rules
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime import message
from kontorhaus.runtime.message import Attachment, Mail

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SENDER = "Kontorhaus <post@kontorhaus.example>"


def built(body: str, files: list[bytes]) -> bytes:
    attachments = tuple(
        Attachment(f"RE-2026-{n}.pdf", "application/pdf", "0" * 64, len(content))
        for n, content in enumerate(files)
    )
    mail = Mail("a@example.de", "Rechnung", body, sender_name="Ä", attachments=attachments)
    made = message.build(mail, sender=SENDER, message_id="1@b.example", sent_at=NOW, files=files)
    return made.as_bytes()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=2000), st.lists(st.binary(max_size=4000), max_size=3))
def test_a_mail_is_never_larger_than_it_was_said_to_become(text: str, files: list[bytes]) -> None:
    body = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    bound = rules.mail_size(body, (len(content) for content in files))
    assert len(built(body, files)) <= bound


def test_the_bound_of_a_large_file_is_close() -> None:
    content = b"\xff" * 3_000_000
    size = len(built("Guten Tag", [content]))
    assert size <= rules.mail_size("Guten Tag", [len(content)]) <= size + 2_000


@pytest.mark.parametrize(
    ("now", "zone", "seconds"),
    [
        ("2026-03-02T22:59:59+00:00", "Europe/Berlin", 1),
        ("2026-03-02T23:00:00+00:00", "Europe/Berlin", 86_400),
        ("2026-03-02T22:59:59.999+00:00", "Europe/Berlin", 1),
        ("2026-03-28T23:00:00+00:00", "Europe/Berlin", 23 * 3600),
        ("2026-10-24T22:00:00+00:00", "Europe/Berlin", 25 * 3600),
        ("2026-03-02T12:00:00+00:00", "UTC", 12 * 3600),
        ("2026-03-02T12:00:00+00:00", "Pacific/Auckland", 23 * 3600),
    ],
)
def test_a_day_of_mails_ends_at_midnight_where_the_company_is(
    now: str, zone: str, seconds: int
) -> None:
    assert rules.seconds_until_tomorrow(datetime.fromisoformat(now), zone) == seconds


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("post@kontorhaus.example", "kontorhaus.example"),
        ("Kontorhaus <post@kontorhaus.example>", "kontorhaus.example"),
        ("Bücher <post@bücher.example>", "xn--bcher-kva.example"),
    ],
)
def test_a_message_id_ends_with_the_domain_of_the_sender(sender: str, domain: str) -> None:
    assert message.domain(sender) == domain


@pytest.mark.parametrize("sender", ["", "Kontorhaus", "a@", "<>"])
def test_a_sender_without_an_address_has_no_domain(sender: str) -> None:
    with pytest.raises(Invalid):
        message.domain(sender)


def test_every_header_that_a_signature_covers_stands_there_once() -> None:
    text = built("Guten Tag,\n.\n" + "x" * 5000, [b"%PDF"])
    head = text.partition(b"\r\n\r\n")[0].decode()
    names = [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith(" ")]
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"):
        assert names.count(name) == 1
    assert not {"Bcc", "Cc", "List-Unsubscribe", "Auto-Submitted"} & set(names)
    assert max(len(line) for line in text.split(b"\r\n")) <= 998
