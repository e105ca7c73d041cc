"""The JSON shapes of mails of documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from kontorhaus.invoicing.mailing import model
from kontorhaus.invoicing.mailing.post import Post
from kontorhaus.surfaces.conventions import fields


class EmailInput(fields.CamelIn):
    """A mail around a document; the message is plain text."""

    recipient: fields.Email
    subject: Annotated[str, fields.text(1, 200)]
    message: Annotated[str, fields.text(1, 10_000)]
    send_copy: bool = False


class Email(fields.CamelOut):
    """A mail on its way; `markedAsSent` says whether it made the document a sent one."""

    message_id: str
    reply_to: str
    marked_as_sent: bool
    email_limit_per_day: int


class EmailRow(fields.CamelOut):
    """What became of a mail; `answer` is what the mail server said last."""

    message_id: str
    recipient: str
    subject: str
    is_copy: bool
    state: model.State
    attempts: int
    answer: str | None
    created_at: datetime
    tried_at: datetime | None
    sent_at: datetime | None


class Emails(fields.CamelOut):
    """The mails that took a document along, newest first."""

    results: list[EmailRow]


def letter(body: EmailInput) -> model.CoverLetter:
    """The mail that a body asks for."""
    return model.CoverLetter(body.recipient, body.subject, body.message, body.send_copy)


def sent(found: model.Sent, post: Post) -> Email:
    """A mail on its way as this API shows it."""
    return Email(
        message_id=f"<{found.message_id}>",
        reply_to=found.reply_to,
        marked_as_sent=found.marked_as_sent,
        email_limit_per_day=post.daily_limit,
    )


def emails(found: Sequence[model.DocumentMail]) -> Emails:
    """The mails of a document as this API lists them."""
    return Emails(results=[_row(each) for each in found])


def _row(found: model.DocumentMail) -> EmailRow:
    return EmailRow(
        message_id=f"<{found.message_id}>",
        recipient=found.recipient,
        subject=found.subject,
        is_copy=found.is_copy,
        state=found.state,
        attempts=found.attempts,
        answer=found.answer,
        created_at=found.created_at,
        tried_at=found.tried_at,
        sent_at=found.sent_at,
    )
