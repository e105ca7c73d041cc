"""Mails as RFC 5322 messages whose headers hold only what was meant for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from kontorhaus.kernel.errors import Invalid

# What stands in the body of a mail for the secret that it takes along sealed.
SEALED_PLACE = "{sealed}"

_LONGEST_LINE = 200
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file that a mail takes along; `sha256` names its bytes, `size` counts them."""

    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text for one person; without a recipient for whoever runs the server.

    A copy names its `addressee` and goes to its recipient. `sender_name` is the company in whose
    name somebody sends it; without one it is the program's own, automatic mail.
    """

    recipient: str | None
    subject: str
    body: str
    reply_to: str | None = None
    addressee: str | None = None
    sender_name: str | None = None
    message_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    sealed: bytes | None = field(default=None, repr=False)


def build(
    mail: Mail, *, sender: str, message_id: str, sent_at: datetime, files: Sequence[bytes] = ()
) -> EmailMessage:
    """The message of a mail; `sender` is the server's own name and address.

    The address of From is always the server's, so that SPF and DKIM of its domain hold; answers
    go to Reply-To. Invalid("mail") for an address that no mail can go to.
    """
    message = EmailMessage(policy=SMTP)
    name, own = parseaddr(sender)
    message["From"] = Address(_line(mail.sender_name or name), addr_spec=address(own))
    message["To"] = address(mail.addressee or mail.recipient or "")
    if mail.reply_to:
        message["Reply-To"] = address(mail.reply_to)
    message["Subject"] = _line(mail.subject)[:_LONGEST_LINE]
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{message_id}>"
    if mail.sender_name is None:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    for attachment, content in zip(mail.attachments, files, strict=True):
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=attachment.name)
    return message


def address(text: str) -> str:
    """The address with its domain in ASCII; Invalid("mail") if no mail can go there."""
    local, _, domain = text.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not (_ADDRESS.fullmatch(plain) and plain.isascii() and plain.isprintable()):
        raise Invalid("mail", "This is no address that a mail can go to.")
    return plain


def domain(sender: str) -> str:
    """The domain of "Name <address>" or of an address, in ASCII; Invalid("mail")."""
    return address(parseaddr(sender)[1]).rpartition("@")[2]


def _line(text: str) -> str:
    """A text that stays in one header and is read as it is written.

    Whatever breaks a line becomes a blank; the beginning of an encoded word (RFC 2047), which a
    reader would decode, is broken up.
    """
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.replace("=?", "= ?").split())
