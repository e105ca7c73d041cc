"""The conversation with the mail server (RFC 5321)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from kontorhaus.kernel.errors import Conflict

_PORTS = {"smtp": 587, "smtps": 465}
_SECONDS = 30
_PERMANENT = range(500, 600)

Failure = (aiosmtplib.SMTPException, OSError)
"""What goes wrong with a mail server, whatever it is."""


class Refused(Exception):
    """The mail server will never take this mail to this recipient; the text is its answer."""


def send(
    url: str,
    message: EmailMessage,
    *,
    recipient: str,
    before_handing_over: Callable[[], bool] = lambda: True,
) -> bool:
    """Bring a message to one recipient; False if `before_handing_over` said no.

    It is asked when the server has accepted sender and recipient: whoever notes there that the
    mail goes out now will not send it again, whatever happens later. Refused for what stays
    refused (5xx on recipient or content), else one of Failure: trying again may help.
    """
    return asyncio.run(_send(url, message, recipient, before_handing_over))


def check(url: str) -> None:
    """Log on to the mail server and leave again; Conflict("mail_server") with its words."""
    try:
        asyncio.run(_greet(url))
    except Failure as error:
        raise Conflict("mail_server", f"The mail server refuses: {error}") from error


async def _send(
    url: str, message: EmailMessage, recipient: str, before_handing_over: Callable[[], bool]
) -> bool:
    sender = message["From"].addresses[0].addr_spec
    async with _server(url) as server:
        await server.mail(sender)
        try:
            await server.rcpt(recipient)
            if not before_handing_over():
                return False
            await server.data(message.as_bytes())
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
            if error.code in _PERMANENT:
                raise Refused(f"{error.code} {error.message}") from error
            raise
    return True


async def _greet(url: str) -> None:
    async with _server(url):
        pass


def _server(url: str) -> aiosmtplib.SMTP:
    """A password never goes to another machine in the clear."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_secret = bool(parts.password) and not _is_here(host)
    return aiosmtplib.SMTP(
        hostname=host,
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        start_tls=True if is_secret and parts.scheme == "smtp" else None,
        timeout=_SECONDS,
    )


def _is_here(host: str) -> bool:
    """Whether the mail server is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
