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
    """Threads that post bookings and final invoices, each write repeated until it is answered.

    `acknowledged` is what a key was answered with; `surprises` are answers that nobody may get.
    """

    tenant: Tenant
    count: int = 8
    acknowledged: dict[str, str] = field(default_factory=dict)
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
            is_invoice = dice.random() < 0.4
            answer = self._answered(key, is_invoice)
            if answer.is_success:
                body = answer.json()
                self.acknowledged[key] = body["id"] if is_invoice else body["intent_id"]
            else:
                self.surprises.append(f"{key}: {answer.status_code} {answer.text[:300]}")
            turn += 1
            time.sleep(self.pause_seconds)

    def _answered(self, key: str, is_invoice: bool) -> httpx.Response:
        """The first answer that is one: what failed on the way is sent again with its key."""
        while True:
            try:
                answer = self._send(key, is_invoice)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code not in _RETRIED:
                return answer
            if answer.status_code == 503 and "retry-after" not in answer.headers:
                self.surprises.append(f"{key}: 503 without Retry-After")
            time.sleep(0.05)

    def _send(self, key: str, is_invoice: bool) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        if is_invoice:
            body = invoice(key, finalized=True)
            return self.tenant.billing.post("/documents", json=body, headers=headers)
        return self.tenant.books.post("/v1/bookings", json=booking(key), headers=headers)

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
        assert intents == [(len(self.acknowledged),)]
        numbers = [number for _, _, number in documents]
        assert numbers == [f"RE-2026-{value:04}" for value in range(1, len(numbers) + 1)]
