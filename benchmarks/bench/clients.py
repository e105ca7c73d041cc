"""HTTP clients that cost little CPU: ready-made requests, one after another on each connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvloop

_PATIENCE_SECONDS = 30


@dataclass(slots=True)
class Answers:
    """What came back between the end of the warm-up and the end of the run."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds


class _Client(asyncio.Protocol):
    """One connection with one request under way; counts answers that begin to count."""

    def __init__(
        self, requests: Iterator[bytes], answers: Answers, span: tuple[float, float]
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._begin, self._end = span
        self._buffer = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        place = self._buffer.find(b"content-length:", 0, head_end)
        stop = self._buffer.find(b"\r\n", place)
        if len(self._buffer) < head_end + 4 + int(self._buffer[place + 15 : stop]):
            return
        self._answered()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _answered(self) -> None:
        now = time.perf_counter()
        if self._begin <= now <= self._end:
            if self._buffer[9:10] == b"2":
                self._answers.latencies.append(now - self._sent)
            else:
                self._answers.refusals.append(self._buffer)
        self._buffer = b""
        if now >= self._end:
            self._transport.close()
        else:
            self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))


def run(
    port: int, requests: Iterator[bytes], *, clients: int, seconds: float, warm_up: float = 1.0
) -> Answers:
    """Let clients send requests for some seconds; RuntimeError if one was refused."""
    answers = Answers(seconds)

    async def play() -> None:
        loop = asyncio.get_running_loop()
        begin = time.perf_counter() + warm_up
        connected = [
            (
                await loop.create_connection(
                    lambda: _Client(requests, answers, (begin, begin + seconds)), "127.0.0.1", port
                )
            )[1]
            for _ in range(clients)
        ]
        await asyncio.wait_for(
            asyncio.gather(*(client.done for client in connected)),
            warm_up + seconds + _PATIENCE_SECONDS,
        )

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play())
    if answers.refusals or not answers.latencies:
        first = answers.refusals[0].decode(errors="replace") if answers.refusals else "no answer"
        raise RuntimeError(f"{len(answers.refusals)} requests were refused, the first: {first}")
    return answers


def post(path: str, token: str, body: bytes, *, key: str = "") -> bytes:
    """The bytes of a POST."""
    more = f"Idempotency-Key: {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{more}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, token: str) -> bytes:
    """The bytes of a GET."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
