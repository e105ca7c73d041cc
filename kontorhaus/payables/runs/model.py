"""Payment runs as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kontorhaus.kernel.ids import (
    BankAccountId,
    InvoiceId,
    PartyId,
    PaymentItemId,
    PaymentRunId,
    UserId,
)
from kontorhaus.kernel.money import Money

Status = Literal["draft", "approved", "exported", "completed", "cancelled"]
Step = Literal["approve", "cancel", "export", "complete"]


@dataclass(frozen=True, slots=True)
class PaymentItem:
    """One payment: what remains of one invoice, to the account the vendor had at the time."""

    id: PaymentItemId
    invoice_id: InvoiceId
    party_id: PartyId
    invoice_number: str
    vendor_name: str
    vendor_iban: str
    vendor_bic: str | None
    vendor_city: str | None
    vendor_country: str | None
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class PaymentRun:
    """A run and its payments in their order.

    `needs_four_eyes` holds from its making on; `content_hash` is what was approved; `sepa_sha256`
    names the stored file once it is exported.
    """

    id: PaymentRunId
    bank_account_id: BankAccountId
    execution_date: date
    label: str | None
    status: Status
    total: Money
    item_count: int
    created_at: datetime
    created_by: UserId | None
    needs_four_eyes: bool
    content_hash: bytes | None
    message_id: str | None
    sepa_sha256: str | None
    items: tuple[PaymentItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Payable:
    """An open incoming invoice that no active run holds, or that a run is asked to take.

    `open_amount` is what remains, in euros; `iban` is None where the vendor has no valid one.
    """

    invoice_id: InvoiceId
    party_id: PartyId
    vendor_name: str
    number: str
    invoice_date: date
    due_date: date | None
    gross: Money
    open_amount: Money
    intent_id: object
    iban: str | None
    bic: str | None
    city: str | None
    country: str | None
    is_taken: bool


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run shall pay, from which bank account and when."""

    bank_account_id: BankAccountId
    execution_date: date
    invoice_ids: tuple[InvoiceId, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays: the name in law and the account the money comes from."""

    name: str
    iban: str
    bic: str | None


@dataclass(frozen=True, slots=True)
class ExportedRun:
    """A run with the file that the bank is given."""

    run: PaymentRun
    sepa_xml: str
