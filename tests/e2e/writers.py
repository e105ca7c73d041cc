"""Clients that keep writing while servers die, and know what was acknowledged to them."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e.calls import ask, booking, invoice
from tests.e2e.serving import Tenant

_RETRIED = (408, 409, 429, 502, 503)


@dataclass
class Writers:
    """Threads that post bookings and final invoices and cancel some of these.

    Each write is repeated until it is answered. `acknowledged` is what a key was answered with,
    `cancelled` the number of the cancellation by the key of its invoice; `surprises` are answers
    that nobody may get.
    """

    tenant: Tenant
    count: int = 8
    acknowledged: dict[str, str] = field(default_factory=dict)
    cancelled: dict[str, str] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    seed: int = 0
    pause_seconds: float = 0.0
    _ending: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> Writers:
        """Begin to write."""
        self._threads = [
            threading.Thread(target=self._write, args=(number,)) for number in range(self.count)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, seconds: float = 60) -> None:
        """Let each writer have its last write answered."""
        self._ending.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            assert not thread.is_alive(), "a writer gets no answer"

    def _write(self, writer: int) -> None:
        dice = random.Random(f"{self.seed}-{writer}")
        turn = 0
        while not self._ending.is_set():
            key = f"{writer}-{turn}"
            if dice.random() < 0.4:
                self._invoice(key, is_cancelled=dice.random() < 0.3)
            elif made := self._answered(key, self.tenant.books, "/v1/bookings", booking(key)):
                self.acknowledged[key] = made["intent_id"]
            turn += 1
            time.sleep(self.pause_seconds)

    def _invoice(self, key: str, *, is_cancelled: bool) -> None:
        body = invoice(key, finalized=True)
        made = self._answered(key, self.tenant.billing, "/documents", body)
        if made is None:
            return
        self.acknowledged[key] = made["id"]
        if is_cancelled:
            path = f"/documents/{made['id']}/cancel"
            done = self._answered(f"{key}-cancel", self.tenant.billing, path, {})
            if done is not None:
                self.cancelled[key] = done["references"][0]["number"]

    def _answered(self, key: str, client: httpx.Client, path: str, body: Any) -> Any:
        """The answer, None for a surprise; what failed on the way is sent again with its key."""
        while True:
            try:
                answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.is_success:
                return answer.json()
            if answer.status_code not in _RETRIED:
                self.surprises.append(f"{key}: {answer.status_code} {answer.text[:300]}")
                return None
            if answer.status_code == 503 and "retry-after" not in answer.headers:
                self.surprises.append(f"{key}: 503 without Retry-After")
            time.sleep(0.05)

    def check(self, conninfo: str) -> None:
        """Each acknowledged write is there, once and whole; nothing else is, and no number lacks.

        Compares with the database as it is once all writers have stopped.
        """
        assert self.surprises == []
        tenant = self.tenant.tenant_id
        found: dict[str, Any] = dict(
            ask(
                conninfo,
                "select external_reference, id::text from intent"
                " where tenant_id = %(tenant)s and source = 'manual'",
                tenant=tenant,
            )
        )
        documents = ask(
            conninfo,
            "select d.content->'client'->>'name', d.public_id, d.number from document d"
            " join outgoing_invoice i on i.id = d.invoice_id join intent n on n.id = i.intent_id"
            " join open_item o on o.intent_id = n.id where d.tenant_id = %(tenant)s"
            " and d.finalized_at is not null order by d.number",
            tenant=tenant,
        )
        found |= {name: public_id for name, public_id, _ in documents}
        lost = {key: self.acknowledged[key] for key in self.acknowledged.keys() - found.keys()}
        unknown = {key: found[key] for key in found.keys() - self.acknowledged.keys()}
        assert (lost, unknown) == ({}, {})
        assert found == self.acknowledged
        intents = ask(
            conninfo, "select count(*) from intent where tenant_id = %(tenant)s", tenant=tenant
        )
        assert intents == [(len(self.acknowledged) + len(self.cancelled),)]
        numbers = [number for _, _, number in documents]
        assert numbers == [f"RE-2026-{value:04}" for value in range(1, len(numbers) + 1)]
        self._check_cancellations(conninfo)

    def _check_cancellations(self, conninfo: str) -> None:
        rows = ask(
            conninfo,
            "select d.content->'client'->>'name', c.number from cancellation c"
            " join document d on d.id = c.document_id"
            " join outgoing_invoice i on i.id = c.invoice_id"
            " join intent n on n.id = i.intent_id and n.reverses_intent_id is not null"
            " join open_item o on o.intent_id = n.id and o.remaining = 0"
            " where c.tenant_id = %(tenant)s order by c.number",
            tenant=self.tenant.tenant_id,
        )
        assert dict(rows) == self.cancelled
        numbers = [number for _, number in rows]
        assert [number[-4:] for number in numbers] == [
            f"{value:04}" for value in range(1, len(numbers) + 1)
        ]
