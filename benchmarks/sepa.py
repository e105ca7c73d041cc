"""10,000 payments as one SEPA file, valid by its schema, against sepaxml's writer and validator."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from bench import figures
from sepaxml import SepaTransfer

from kontorhaus.kernel.ids import (
    BankAccountId,
    InvoiceId,
    PartyId,
    PaymentItemId,
    PaymentRunId,
)
from kontorhaus.kernel.money import Money
from kontorhaus.payables.runs import pain001
from kontorhaus.payables.runs.model import Debtor, PaymentItem, PaymentRun

PAYMENTS = 10_000
ROUNDS = 3
AIM_SECONDS = 0.4
DAY = date(2026, 12, 1)
PAYER = Debtor("Nordlicht Hosting GmbH", "DE02120300000000202051", "BYLADEM1001")
PAYEE = "DE89370400440532013000"


def main() -> None:
    """Both write and validate the same payments."""
    figures.title(f"{PAYMENTS} payments, pain.001.001.09 with its schema, CPU time")
    run = _run()
    ours = _best(lambda: pain001.write(run, PAYER, version="09", made_at=datetime.now(UTC)))
    theirs = _best(lambda: _peer(run))
    aim = f"aim at most {AIM_SECONDS}: {'met' if ours <= AIM_SECONDS else 'MISSED'}"
    figures.figure("Kontorhaus", ours, "s", aim)
    figures.figure("sepaxml", theirs, "s")
    figures.ratio("sepaxml / Kontorhaus", theirs / ours)


def _best(function: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return min(taken)


def _run() -> PaymentRun:
    items = tuple(
        PaymentItem(
            id=PaymentItemId(UUID(int=number)),
            invoice_id=InvoiceId(UUID(int=number)),
            party_id=PartyId(UUID(int=1)),
            invoice_number=f"RE-2026-{number:05}",
            vendor_name="Müller & Söhne Größe GmbH",
            vendor_iban=PAYEE,
            vendor_bic=None,
            vendor_city="Hamburg",
            vendor_country="DE",
            amount=Money(1000 + number),
            reference=f"RE-2026-{number:05} Kundennummer 4711",
        )
        for number in range(PAYMENTS)
    )
    return PaymentRun(
        id=PaymentRunId(UUID(int=7)),
        bank_account_id=BankAccountId(UUID(int=8)),
        execution_date=DAY,
        label=None,
        status="approved",
        total=Money(sum(item.amount.minor for item in items)),
        item_count=PAYMENTS,
        created_at=datetime.now(UTC),
        created_by=None,
        needs_four_eyes=False,
        content_hash=None,
        message_id=f"KH{UUID(int=7).hex}",
        sepa_sha256=None,
        items=items,
    )


def _peer(run: PaymentRun) -> bytes:
    payer = {"name": PAYER.name, "IBAN": PAYER.iban, "BIC": PAYER.bic}
    transfer = SepaTransfer(
        {**payer, "batch": True, "currency": "EUR"}, schema="pain.001.001.09", clean=True
    )
    for item in run.items:
        transfer.add_payment(
            {
                "name": item.vendor_name,
                "IBAN": item.vendor_iban,
                "amount": item.amount.minor,
                "execution_date": DAY,
                "description": item.reference,
                "endtoend_id": item.id.hex,
            }
        )
    return bytes(transfer.export(validate=True, pretty_print=False))


if __name__ == "__main__":
    main()
