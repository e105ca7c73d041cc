#!/usr/bin/env python3
"""Check an exported journal without Kontorhaus: standard library only, see docs/hash-chain.md.

usage: verify_chain.py FILE [--head NUMBER:HASH] [--balances]

FILE holds one event per line: its canonical form, a tab, its hash. Whoever was told the end of the
chain at an earlier time (a closing protocol, a mail) passes it as --head: only against it a cut or
rewritten tail shows. --balances prints what the events add up to, to lay beside a trial balance.
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
class Journal:
    """What is known after the lines read so far."""

    count: int = 0
    number: int = 0
    hash: str = GENESIS
    tenant: str | None = None
    heads: set[tuple[int, str]] = field(default_factory=set)
    debits: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    credits: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def read(self, line: str, wanted: tuple[int, str] | None) -> Iterator[str]:
        """Take one line in; yields what is wrong with it."""
        form, tab, stated = line.rstrip("\r\n").rpartition("\t")
        self.count += 1
        try:
            event = json.loads(form)
        except ValueError:
            event = None
        if not tab or not isinstance(event, dict):
            yield f"line {self.count}: not an event and its hash"
            return
        number = event.get("journal_number")
        name = f"event {number}"
        yield from self._form(name, form, event)
        if hashlib.sha256(form.encode()).hexdigest() != stated:
            yield f"{name}: changed, its hash does not fit"
        yield from self._place(name, event)
        yield from self._amount(name, event)
        self.number = number if isinstance(number, int) else self.number + 1
        self.hash = stated
        if wanted == (self.number, stated):
            self.heads.add(wanted)

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
    print(f"{journal.count} events, {verdict}, end {journal.number}:{journal.hash}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
