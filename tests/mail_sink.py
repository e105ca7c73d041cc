"""A mail server on this machine that keeps what it is given."""

from __future__ import annotations

import asyncio
import queue
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Sink:
    """The server's port, and the mails that came; it takes any name with the right password.

    `refusal` answers what a mail says, `recipient_refusal` whom it is for; with `hangs_up` the
    connection ends as soon as the mail has come; it takes `pause` seconds to take one.
    """

    port: int
    refusal: str | None = None
    recipient_refusal: str | None = None
    hangs_up: bool = False
    pause: float = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    mails: queue.Queue[EmailMessage] = field(default_factory=queue.Queue)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.recipient_refusal:
            return self.recipient_refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.pause)
        if self.refusal:
            return self.refusal
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.put(mail)
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, way: str, given: Any) -> Any:
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"geheim", handled=False)

    def next(self, seconds: float = 15) -> EmailMessage:
        """The next mail; queue.Empty if none comes."""
        return self.mails.get(timeout=seconds)


def tls_context() -> ssl.SSLContext:
    """A certificate for localhost that nobody has reason to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(days=9)
    ).sign(key, hashes.SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        context.load_cert_chain(file.name)
    return context


@contextmanager
def running(**options: Any) -> Iterator[Sink]:
    """A mail server for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = Sink(port)
    controller = Controller(
        sink, hostname="127.0.0.1", port=port, authenticator=sink.authenticate, **options
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
