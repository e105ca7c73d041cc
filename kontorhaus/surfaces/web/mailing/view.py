"""What the page of an invoice's mails shows: the letter to be sent, and those that were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import queries as invoicing
from kontorhaus.invoicing.mailing import queries, wording
from kontorhaus.invoicing.mailing.model import CoverLetter, DocumentMail
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.runtime.work import Work


@dataclass(frozen=True)
class MailRow:
    """A mail that took the invoice along, at the time where the company is."""

    recipient: str
    is_copy: bool
    state: str
    answer: str
    at: datetime


@dataclass(frozen=True)
class MailPage:
    """The page: the letter as it is to be changed, and a sentence for what is wrong with it.

    `reply_to` is where answers go; nothing is sent while there is no such address. Without a mail
    server (`has_server`) mails wait.
    """

    number: str
    href: str
    letter: CoverLetter
    reply_to: str
    is_xrechnung: bool
    may_send: bool
    has_server: bool
    is_sent: bool
    mails: tuple[MailRow, ...]
    complaints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attempt:
    """A letter that could not be sent, and what is wrong with it by its field."""

    letter: CoverLetter
    complaints: Mapping[str, str]


def build(
    work: Work,
    *,
    public_id: str,
    may_send: bool,
    has_server: bool,
    local: Callable[[datetime], datetime],
    is_sent: bool = False,
    attempt: Attempt | None = None,
) -> MailPage:
    """The page of an invoice; NotFound("document")."""
    document = invoicing.document(work, public_id=public_id)
    profile, paper = identity.profile(work), stationery.stationery(work)
    sender = paper.sender_name or profile.shown_name
    return MailPage(
        number=document.shown_number,
        href=f"/invoices/{public_id}",
        letter=attempt.letter if attempt else wording.usual(document, sender=sender),
        reply_to=paper.reply_to or profile.email,
        is_xrechnung=document.content.export_type == "xrechnung",
        may_send=may_send,
        has_server=has_server,
        is_sent=is_sent,
        mails=tuple(_row(each, local) for each in queries.mails(work, public_id=public_id)),
        complaints=attempt.complaints if attempt else {},
    )


def _row(found: DocumentMail, local: Callable[[datetime], datetime]) -> MailRow:
    at = found.sent_at or found.tried_at or found.created_at
    return MailRow(found.recipient, found.is_copy, found.state, found.answer or "", local(at))
