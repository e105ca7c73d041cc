"""Values of mailing: what a person writes, what is enclosed, what became of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["queued", "sent", "failed", "bounced"]

MAX_MAIL_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CoverLetter:
    """The mail around a document: plain text for one recipient, on wish with a copy to oneself."""

    recipient: str
    subject: str
    message: str
    wants_copy: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail on its way: `message_id` (RFC 5322, without brackets), where answers go.

    `marked_as_sent` says whether this mail made the document one that was sent.
    """

    message_id: str
    reply_to: str
    marked_as_sent: bool


@dataclass(frozen=True, slots=True)
class DocumentMail:
    """A mail that took a document along.

    It waits (`queued`), was taken by the mail server (`sent`), came to nothing after all tries
    (`failed`) or was refused for good (`bounced`); `answer` are the server's last words.
    """

    message_id: str
    recipient: str
    subject: str
    is_copy: bool
    state: State
    attempts: int
    answer: str | None
    created_at: datetime
    tried_at: datetime | None
    sent_at: datetime | None
