"""A network that loses things: a TCP proxy that drops requests and answers."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65_536


class _Proxy:
    """Passes one request of a connection on, or loses it, or loses its answer."""

    def __init__(self, port: int, *, lost: float, seed: int) -> None:
        self._port = port
        self._lost = lost
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.requests_lost = self.answers_lost = 0

    def run(self) -> None:
        """Take connections in until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(30)
            request = _message(client)
            fate = self._fate()
            if fate == "request":
                return
            with socket.create_connection(("127.0.0.1", self._port), 30) as server:
                server.sendall(request)
                answer = _message(server)
            if fate is None:
                client.sendall(answer)

    def _fate(self) -> str | None:
        """What is lost of an exchange, if anything."""
        with self._lock:
            if self._chance.random() >= self._lost:
                return None
            if self._chance.random() < 0.5:
                self.requests_lost += 1
                return "request"
            self.answers_lost += 1
            return "answer"


@contextmanager
def lossy(port: int, *, lost: float, seed: int) -> Iterator[_Proxy]:
    """A proxy to a port of this machine that loses a part of all exchanges."""
    proxy = _Proxy(port, lost=lost, seed=seed)
    thread = threading.Thread(target=proxy.run, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(10)


def _message(source: socket.socket) -> bytes:
    """One HTTP message with a Content-Length, or without a body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(source)
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        body += _some(source)
    return head + b"\r\n\r\n" + body


def _some(source: socket.socket) -> bytes:
    part = source.recv(_CHUNK)
    if not part:
        raise ConnectionError("the other side has gone")
    return part
