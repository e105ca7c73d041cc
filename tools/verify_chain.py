#!/usr/bin/env python3
"""Check an exported journal without Kontorhaus: standard library only, see docs/hash-chain.md.

usage: verify_chain.py FILE [--head NUMBER:HASH] [--balances]

FILE holds one event per line: its canonical form, a tab, its hash; the closings of locked periods
follow in the same way. Whoever was told the end of the chain at an earlier time (a closing, a mail)
passes it as --head: only against it a cut or rewritten tail shows. --balances prints what the
events add up to, to lay beside a trial balance.
Exit code 0: in order; 1: findings, one per line; 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

VERSION = 1
GENESIS = "0" * 64
AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)


@dataclass
class Held:
    """What a period holds after the lines read so far."""

    bookings: int = 0
    events: int = 0
    total: Decimal = Decimal("0.00")
    first: int | None = None
    last: int | None = None
    intent: str | None = None
    hashes: Any = field(default_factory=hashlib.sha256)

    def add(self, event: dict[str, Any], digest: bytes) -> None:
        """Take an event in; those of one booking follow each other."""
        amount = str(event.get("amount"))
        number, intent = event.get("journal_number"), event.get("intent")
        self.bookings += intent != self.intent
        self.events += 1
        self.total += Decimal(amount) if AMOUNT.fullmatch(amount) else 0
        self.first = number if self.first is None else self.first
        self.last, self.intent = number, intent
        self.hashes.update(digest)

    def fields(self) -> dict[str, Any]:
        """What a closing has to say of it."""
        return {
            "booking_count": self.bookings,
            "event_count": self.events,
            "total": f"{self.total:.2f}",
            "first_journal_number": self.first,
            "last_journal_number": self.last,
            "events_hash": self.hashes.hexdigest(),
        }


@dataclass
class Journal:
    """What is known after the lines read so far."""

    lines: int = 0
    count: int = 0
    number: int = 0
    hash: str = GENESIS
    tenant: str | None = None
    heads: set[tuple[int, str]] = field(default_factory=set)
    debits: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    credits: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    periods: dict[str, Held] = field(default_factory=dict)
    digests: bytearray = field(default_factory=bytearray)
    closings: int = 0
    closing_hash: str = GENESIS

    def read(self, line: str, wanted: tuple[int, str] | None) -> Iterator[str]:
        """Take one line in; yields what is wrong with it."""
        form, tab, stated = line.rstrip("\r\n").rpartition("\t")
        self.lines += 1
        try:
            entry = json.loads(form)
        except ValueError:
            entry = None
        if not tab or not isinstance(entry, dict):
            yield f"line {self.lines}: not an event and its hash"
            return
        is_closing = "closing_number" in entry
        name = (
            f"closing {entry['closing_number']}"
            if is_closing
            else (f"event {entry.get('journal_number')}")
        )
        yield from self._form(name, form, entry)
        digest = hashlib.sha256(form.encode())
        if digest.hexdigest() != stated:
            yield f"{name}: changed, its hash does not fit"
        if is_closing:
            yield from self._closing(name, entry, stated)
            return
        yield from self._event(name, entry, digest.digest())
        self.hash = stated
        if wanted == (self.number, stated):
            self.heads.add(wanted)

    def _event(self, name: str, event: dict[str, Any], digest: bytes) -> Iterator[str]:
        if self.closings:
            yield f"{name}: stands after a closing"
        yield from self._place(name, event)
        yield from self._amount(name, event)
        number = event.get("journal_number")
        self.count += 1
        self.number = number if isinstance(number, int) else self.number + 1
        self.periods.setdefault(str(event.get("period")), Held()).add(event, digest)
        self.digests += digest

    def _closing(self, name: str, closing: dict[str, Any], stated: str) -> Iterator[str]:
        self.closings += 1
        if closing["closing_number"] != self.closings:
            yield f"{name}: closing {self.closings} should stand here"
        if closing.get("prev_hash") != self.closing_hash:
            yield f"{name}: does not follow the closing before it"
        if closing.get("tenant") != (self.tenant or closing.get("tenant")):
            yield f"{name}: belongs to another tenant"
        self.closing_hash = stated
        period = str(closing.get("period"))
        for key, value in self.periods.get(period, Held()).fields().items():
            if closing.get(key) != value:
                yield f"{name}: {key} of {period} is {value}, was {closing.get(key)}"
        if closing.get("head_hash") != self._digest(closing.get("head_journal_number")):
            yield f"{name}: the journal lacks the end that it names"

    def _digest(self, number: object) -> str | None:
        """The hash of an event; zeros before the first."""
        if not isinstance(number, int) or number < 0:
            return None
        return self.digests[32 * (number - 1) : 32 * number].hex() if number else GENESIS

    def _form(self, name: str, form: str, event: dict[str, Any]) -> Iterator[str]:
        if event.get("v") != VERSION:
            yield f"{name}: version {event.get('v')}, this checker knows {VERSION}"
        again = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if again != form:
            yield f"{name}: not in canonical form"

    def _place(self, name: str, event: dict[str, Any]) -> Iterator[str]:
        if event.get("journal_number") != self.number + 1:
            yield f"{name}: journal number {self.number + 1} should stand here"
        if event.get("prev_hash") != self.hash:
            yield f"{name}: does not follow the event before it"
        if event.get("tenant") != (self.tenant or event.get("tenant")):
            yield f"{name}: belongs to another tenant"
        self.tenant = self.tenant or event.get("tenant")

    def _amount(self, name: str, event: dict[str, Any]) -> Iterator[str]:
        amount, period = str(event.get("amount")), str(event.get("period"))
        debit, credit = str(event.get("account_debit")), str(event.get("account_credit"))
        if not AMOUNT.fullmatch(amount) or not Decimal(amount):
            yield f"{name}: {amount} is no amount above zero"
            return
        if debit == credit:
            yield f"{name}: debit and credit are the same account"
        for sums, account in ((self.debits, debit), (self.credits, credit)):
            key = (account, period)
            sums[key] = sums.get(key, Decimal()) + Decimal(amount)


def check(lines: Iterable[str], head: tuple[int, str] | None = None) -> tuple[Journal, list[str]]:
    """Everything that is wrong with an exported journal, and its sums."""
    journal = Journal()
    findings: list[str] = []
    for line in lines:
        findings.extend(journal.read(line, head))
    if head and head not in journal.heads:
        findings.append(f"the published end, event {head[0]}, is not part of this journal")
    return journal, findings


def balances(journal: Journal) -> Iterator[str]:
    """Per account and period: what was debited and credited, as CSV."""
    yield "account;period;debit;credit"
    for account, period in sorted(journal.debits.keys() | journal.credits.keys()):
        debit = journal.debits.get((account, period), Decimal())
        credit = journal.credits.get((account, period), Decimal())
        yield f"{account};{period};{debit:.2f};{credit:.2f}"


def published(text: str) -> tuple[int, str]:
    """NUMBER:HASH as a closing protocol prints it."""
    number, _, digest = text.partition(":")
    if not number.isdigit() or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise argparse.ArgumentTypeError("write the number, a colon and 64 hexadecimal digits")
    return int(number), digest


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the findings and the end of the chain."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", metavar="FILE", help="the export; - reads standard input")
    parser.add_argument("--head", type=published, metavar="NUMBER:HASH")
    parser.add_argument("--balances", action="store_true")
    options = parser.parse_args(arguments)
    source = sys.stdin.fileno() if options.file == "-" else options.file
    with open(source, encoding="utf-8", newline="\n") as lines:
        journal, findings = check(lines, options.head)
    for finding in findings:
        print(finding)
    if options.balances:
        print("\n".join(balances(journal)))
    verdict = f"{len(findings)} findings" if findings else "in order"
    closings = f"{journal.closings} closings, " if journal.closings else ""
    print(f"{journal.count} events, {closings}{verdict}, end {journal.number}:{journal.hash}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
