"""A mail server on this machine that keeps what it is given."""

from __future__ import annotations

import queue
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Sink:
    """The server's port, and the mails that came; it takes any name with the right password."""

    port: int
    refusal: str | None = None
    logins: list[tuple[str, str]] = field(default_factory=list)
    mails: queue.Queue[EmailMessage] = field(default_factory=queue.Queue)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.put(mail)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, way: str, given: Any) -> Any:
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"geheim")

    def next(self, seconds: float = 15) -> EmailMessage:
        """The next mail; queue.Empty if none comes."""
        return self.mails.get(timeout=seconds)


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
