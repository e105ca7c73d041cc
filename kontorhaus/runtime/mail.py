"""Mails: kept with what they tell of, sent by SMTP after the commit."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
import structlog

from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin

_PORTS = {"smtp": 587, "smtps": 465}
_SECONDS = 30
_LONGEST_LINE = 200
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+")
_log = structlog.get_logger("kontorhaus.mail")


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text for one person; without a recipient for whoever runs the server."""

    recipient: str | None
    subject: str
    body: str
    reply_to: str | None = None


def enqueue(work: Work, *, mail: Mail) -> None:
    """Keep a mail, in this transaction; it is sent after the commit.

    Never for secrets: what the body says stands in the database.
    """
    mail_id = work.new_id()
    work.connection.execute(
        "insert into mail (tenant_id, id, recipient, subject, body, reply_to, created_at) values"
        " (%(tenant)s, %(id)s, %(recipient)s, %(subject)s, %(body)s, %(reply_to)s, %(now)s)",
        {
            "tenant": work.tenant_id,
            "id": mail_id,
            "recipient": mail.recipient,
            "subject": mail.subject,
            "body": mail.body,
            "reply_to": mail.reply_to,
            "now": work.now,
        },
    )
    work.enqueue("runtime.mail", mail_id=str(mail_id))


@task("runtime.mail")
def deliver(resources: Resources, caller: Caller, *, mail_id: str) -> None:
    """Send a kept mail unless it was sent; one that dies in between is sent again, same id."""
    key = {"tenant": caller.tenant_id, "id": UUID(mail_id), "now": resources.database.clock.now()}
    with begin(resources.database, caller, read_only=True) as work:
        row = work.connection.execute(
            "select recipient, subject, body, reply_to from mail where tenant_id = %(tenant)s"
            " and id = %(id)s and sent_at is null",
            key,
        ).fetchone()
    if row is None or not send(resources, mail=Mail(*row), mail_id=UUID(mail_id)):
        return
    with begin(resources.database, caller) as work:
        work.connection.execute(
            "update mail set sent_at = %(now)s where tenant_id = %(tenant)s and id = %(id)s", key
        )


def send(resources: Resources, *, mail: Mail, mail_id: UUID) -> bool:
    """Send a mail now; False, with a line in the log, where the server is not set up for it.

    aiosmtplib.SMTPException or OSError if the mail server does not take it; Invalid("mail") for
    an address that no mail can go to.
    """
    config, recipient = resources.config, mail.recipient or resources.config.operator_email
    if not (config.smtp_url and config.mail_from and recipient):
        missing = "KONTORHAUS_SMTP_URL" if recipient else "KONTORHAUS_OPERATOR_EMAIL"
        _log.warning("mail_not_sent", mail_id=str(mail_id), missing=missing)
        return False
    message = _message(mail, sender=config.mail_from, recipient=recipient, mail_id=mail_id)
    message["Date"] = format_datetime(resources.database.clock.now())
    asyncio.run(_hand_over(config.smtp_url, message))
    _log.info("mail_sent", mail_id=str(mail_id))
    return True


def check(config: Config) -> None:
    """Log on to the mail server and leave again; Conflict("mail_server") with its words."""
    if config.smtp_url:
        try:
            asyncio.run(_hand_over(config.smtp_url, None))
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Conflict("mail_server", f"The mail server refuses: {error}") from error


def _message(mail: Mail, *, sender: str, recipient: str, mail_id: UUID) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = _line(sender)
    message["To"] = _address(recipient)
    if mail.reply_to:
        message["Reply-To"] = _address(mail.reply_to)
    message["Subject"] = _line(mail.subject)[:_LONGEST_LINE]
    message["Message-ID"] = f"<{mail_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _line(text: str) -> str:
    """A text that stays in one header: whatever breaks a line becomes a blank."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _address(text: str) -> str:
    """The address with its domain in ASCII; Invalid("mail")."""
    local, _, domain = text.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not (_ADDRESS.fullmatch(plain) and plain.isascii() and plain.isprintable()):
        raise Invalid("mail", "This is no address that a mail can go to.")
    return plain


async def _hand_over(url: str, message: EmailMessage | None) -> None:
    """Bring a message to the mail server; a password never goes there in the clear."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_secret = bool(parts.password) and not _is_here(host)
    server = aiosmtplib.SMTP(
        hostname=host,
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        start_tls=True if is_secret and parts.scheme == "smtp" else None,
        timeout=_SECONDS,
    )
    async with server:
        if message is not None:
            await server.send_message(message)


def _is_here(host: str) -> bool:
    """Whether the mail server is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
