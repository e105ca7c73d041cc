"""Mails: kept with what they tell of, sent by SMTP after the commit, each at most once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from kontorhaus.kernel.errors import Refusal
from kontorhaus.runtime import message, smtp
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.message import Attachment, Mail
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.secret import of as secret_of
from kontorhaus.runtime.work import Caller, Work, begin

__all__ = ["Attachment", "Mail"]

_TASK = "runtime.mail"
_SEAL = "mail"
# How many minutes after each attempt the next one follows: a server may be away for two days.
_PAUSES = (1, 5, 15, 60, 180, 360, 720, 1440)
_LONGEST_ANSWER = 500
_UNKNOWN = "The program ended while the mail went out: whether it arrived is not known."
_log = structlog.get_logger("kontorhaus.mail")


def enqueue(work: Work, *, mail: Mail) -> UUID:
    """Keep a mail, in this transaction; it is sent after the commit.

    What the body says stands in the database: a secret comes `sealed`, and is forgotten once the
    mail is sent or given up.
    """
    mail_id = work.new_id()
    work.connection.execute(
        "insert into mail (tenant_id, id, recipient, subject, body, reply_to, addressee,"
        " sender_name, message_id, attachments, sealed, created_at) values (%(tenant)s, %(id)s,"
        " %(recipient)s, %(subject)s, %(body)s, %(reply_to)s, %(addressee)s, %(sender_name)s,"
        " %(message_id)s, %(attachments)s, %(sealed)s, %(now)s)",
        {
            "tenant": work.tenant_id,
            "id": mail_id,
            "recipient": mail.recipient,
            "subject": mail.subject,
            "body": mail.body,
            "reply_to": mail.reply_to,
            "addressee": mail.addressee,
            "sender_name": mail.sender_name,
            "message_id": mail.message_id,
            "attachments": Jsonb([asdict(each) for each in mail.attachments]),
            "sealed": mail.sealed,
            "now": work.now,
        },
    )
    work.enqueue(_TASK, mail_id=str(mail_id))
    return mail_id


def take_up(work: Work) -> int:
    """Have every mail that waits sent now, also those kept while there was no mail server."""
    rows = work.connection.execute(
        "select id from mail where tenant_id = %(tenant)s and state = 'queued' order by id",
        {"tenant": work.tenant_id},
    ).fetchall()
    for row in rows:
        work.enqueue(_TASK, mail_id=str(row[0]))
    if rows:
        work.record(
            "mail.taken_up",
            subject="organization",
            subject_id=work.tenant_id,
            details={"mails": len(rows)},
        )
    return len(rows)


@task(_TASK)
def deliver(resources: Resources, caller: Caller, *, mail_id: str) -> None:
    """Send a kept mail that waits, once.

    It is noted before its text goes out: if the program ends then, it is not sent again, and its
    state tells that its arrival is not known. A server that does not take it now is asked again
    after growing pauses, for two days; one that never will ends the matter (`bounced`).
    """
    wanted = UUID(mail_id)
    with begin(resources.database, caller) as work:
        found = _waiting(work, wanted)
    if found is None or not _is_possible(resources.config, found[0], wanted):
        return
    mail, attempts = found
    try:
        if _send(resources, mail, wanted, lambda: _hand_out(resources, caller, wanted)):
            _settle(resources, caller, wanted, "sent")
    except smtp.Refused as refusal:
        _settle(resources, caller, wanted, "bounced", str(refusal))
    except Refusal as refusal:
        _settle(resources, caller, wanted, "failed", refusal.message)
    except smtp.Failure as failure:
        answer = str(failure) or type(failure).__name__
        is_last = attempts >= len(_PAUSES)
        _settle(resources, caller, wanted, "failed" if is_last else "queued", answer)


def send(resources: Resources, *, mail: Mail, mail_id: UUID) -> bool:
    """Send a mail now; False, with a line in the log, where the server is not set up for it.

    smtp.Refused or smtp.Failure if the mail server does not take it; Invalid("mail") for an
    address that no mail can go to.
    """
    if not _is_possible(resources.config, mail, mail_id):
        return False
    return _send(resources, mail, mail_id, lambda: True)


def check(config: Config) -> None:
    """Log on to the mail server and leave again; Conflict("mail_server") with its words."""
    if config.smtp_url:
        smtp.check(config.smtp_url)


def _is_possible(config: Config, mail: Mail, mail_id: UUID) -> bool:
    recipient = mail.recipient or config.operator_email
    if config.smtp_url and config.mail_from and recipient:
        return True
    missing = "KONTORHAUS_SMTP_URL" if recipient else "KONTORHAUS_OPERATOR_EMAIL"
    _log.warning("mail_not_sent", mail_id=str(mail_id), missing=missing)
    return False


def _send(
    resources: Resources, mail: Mail, mail_id: UUID, before_handing_over: Callable[[], bool]
) -> bool:
    config = resources.config
    assert config.smtp_url, "it is possible"
    assert config.mail_from, "it is possible"
    recipient = mail.recipient or config.operator_email or ""
    built = message.build(
        replace(mail, recipient=recipient, body=_with_secret(resources, mail)),
        sender=config.mail_from,
        message_id=mail.message_id or f"{mail_id}@{message.domain(config.mail_from)}",
        sent_at=resources.database.clock.now(),
        files=[resources.blobs.get(each.sha256) for each in mail.attachments],
    )
    is_sent = smtp.send(
        config.smtp_url,
        built,
        recipient=message.address(recipient),
        before_handing_over=before_handing_over,
    )
    _log.info("mail_sent" if is_sent else "mail_taken_by_another", mail_id=str(mail_id))
    return is_sent


def seal(secret: Secret, text: str) -> bytes:
    """A secret as a mail takes it along."""
    return secret.seal(text.encode(), purpose=_SEAL)


def _with_secret(resources: Resources, mail: Mail) -> str:
    """The body as the recipient reads it; Conflict("unsealable")."""
    if mail.sealed is None:
        return mail.body
    plain = secret_of(resources.config.home).unseal(mail.sealed, purpose=_SEAL)
    return mail.body.replace(message.SEALED_PLACE, plain.decode())


# --- the table


def _waiting(work: Work, mail_id: UUID) -> tuple[Mail, int] | None:
    """A mail that waits and how often it was tried; one that was going out is given up."""
    row = work.connection.execute(
        "select recipient, subject, body, reply_to, addressee, sender_name, message_id,"
        " sealed, attachments, state, attempts from mail"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": mail_id},
    ).fetchone()
    if row is None or row[9] not in ("queued", "sending"):
        return None
    if row[9] == "sending":
        _note(work, mail_id, "failed", _UNKNOWN)
        return None
    files = tuple(Attachment(**each) for each in row[8])
    return replace(Mail(*row[:7]), attachments=files, sealed=row[7]), row[10]


def _hand_out(resources: Resources, caller: Caller, mail_id: UUID) -> bool:
    """Note that the mail goes out now; False if another job was quicker."""
    with begin(resources.database, caller) as work:
        cursor = work.connection.execute(
            "update mail set state = 'sending', tried_at = %(now)s"
            " where tenant_id = %(tenant)s and id = %(id)s and state = 'queued'",
            {"tenant": work.tenant_id, "id": mail_id, "now": work.now},
        )
        return cursor.rowcount == 1


def _settle(
    resources: Resources, caller: Caller, mail_id: UUID, state: str, answer: str | None = None
) -> None:
    with begin(resources.database, caller) as work:
        attempts = _note(work, mail_id, state, answer)
        if state == "queued" and attempts:
            later = work.now + timedelta(minutes=_PAUSES[attempts - 1])
            work.enqueue(_TASK, at=later, mail_id=str(mail_id))


def _note(work: Work, mail_id: UUID, state: str, answer: str | None) -> int:
    """What became of an attempt; returns how many there were."""
    values: dict[str, Any] = {
        "tenant": work.tenant_id,
        "id": mail_id,
        "state": state,
        "answer": answer[:_LONGEST_ANSWER] if answer else None,
        "now": work.now,
    }
    row = work.connection.execute(
        "update mail set state = %(state)s, answer = %(answer)s, attempts = attempts + 1,"
        " tried_at = %(now)s,"
        " sent_at = case when %(state)s = 'sent' then %(now)s else sent_at end,"
        " sealed = case when %(state)s = 'queued' then sealed end"
        " where tenant_id = %(tenant)s and id = %(id)s and state <> 'sent' returning attempts",
        values,
    ).fetchone()
    if row is None:
        return 0
    if state != "sent":
        _log.warning("mail_not_taken", mail_id=str(mail_id), state=state, answer=values["answer"])
    if state != "queued":
        work.record(
            f"mail.{state}",
            subject="mail",
            subject_id=mail_id,
            details={"state": ["queued", state], "answer": values["answer"]},
        )
    return int(row[0])
