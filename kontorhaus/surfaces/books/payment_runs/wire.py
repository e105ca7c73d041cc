"""The JSON shapes of payment runs; their amounts are strings, as the contract has it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kontorhaus.kernel.ids import BankAccountId, InvoiceId
from kontorhaus.payables.runs import model
from kontorhaus.surfaces.conventions import fields

Status = Literal["draft", "approved", "exported", "completed", "cancelled"]

_MOST_PAYMENTS = 10_000


class RunQuery(fields.Query):
    """Which payment runs."""

    status: Status | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 100
    offset: Annotated[int, fields.whole(0, None)] = 0


class RunInput(fields.In):
    """What a run shall pay, from which account and when."""

    bank_account_id: fields.Id
    execution_date: fields.Day
    invoice_ids: Annotated[list[fields.Id], Field(min_length=1, max_length=_MOST_PAYMENTS)]
    label: Annotated[str, fields.text(0, 140)] | None = None


class PaymentRunRow(fields.Out):
    """A run in a list."""

    id: UUID
    status: Status
    execution_date: date
    total_amount: fields.MoneyString
    invoice_count: int
    label: str | None
    created_at: datetime


class PaymentRunItem(fields.Out):
    """One payment of a run."""

    id: UUID
    invoice_id: UUID
    invoice_number: str
    vendor_name: str
    vendor_iban: str
    amount: fields.MoneyString
    reference: str


class PaymentRun(fields.Out):
    """A run with its payments."""

    id: UUID
    status: Status
    execution_date: date
    total_amount: fields.MoneyString
    invoice_count: int
    label: str | None
    items: list[PaymentRunItem]


class ExportedRun(fields.Out):
    """An exported run with the file for the bank."""

    run: PaymentRun
    sepa_xml: str
    message_id: str
    number_of_transactions: int
    control_sum: fields.Money


class EligibleInvoice(fields.Out):
    """An open invoice that a run may take."""

    id: UUID
    vendor_id: UUID
    vendor_name: str
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_gross: fields.MoneyString
    currency: str
    intent_id: UUID
    iban_missing: bool


def new_run(body: RunInput) -> model.NewRun:
    """The run that a body asks for."""
    return model.NewRun(
        bank_account_id=BankAccountId(body.bank_account_id),
        execution_date=body.execution_date,
        invoice_ids=tuple(InvoiceId(one) for one in body.invoice_ids),
        label=body.label,
    )


def row(run: model.PaymentRun) -> PaymentRunRow:
    """A run in a list as the API shows it."""
    return PaymentRunRow(
        id=run.id,
        status=run.status,
        execution_date=run.execution_date,
        total_amount=run.total,
        invoice_count=run.item_count,
        label=run.label,
        created_at=run.created_at,
    )


def run(found: model.PaymentRun) -> PaymentRun:
    """A run as the API shows it."""
    return PaymentRun.model_construct(
        id=found.id,
        status=found.status,
        execution_date=found.execution_date,
        total_amount=found.total,
        invoice_count=found.item_count,
        label=found.label,
        items=[_item(item) for item in found.items],
    )


def exported(result: model.ExportedRun) -> ExportedRun:
    """An exported run with its file as the API shows it."""
    return ExportedRun.model_construct(
        run=run(result.run),
        sepa_xml=result.sepa_xml,
        message_id=result.run.message_id,
        number_of_transactions=result.run.item_count,
        control_sum=result.run.total,
    )


def eligible(found: model.Payable) -> EligibleInvoice:
    """An open invoice as the API shows it."""
    return EligibleInvoice.model_construct(
        id=found.invoice_id,
        vendor_id=found.party_id,
        vendor_name=found.vendor_name,
        invoice_number=found.number,
        invoice_date=found.invoice_date,
        due_date=found.due_date,
        total_gross=found.gross,
        currency=found.gross.currency,
        intent_id=found.intent_id,
        iban_missing=found.iban is None,
    )


def _item(item: model.PaymentItem) -> PaymentRunItem:
    return PaymentRunItem.model_construct(
        id=item.id,
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        vendor_name=item.vendor_name,
        vendor_iban=item.vendor_iban,
        amount=item.amount,
        reference=item.reference,
    )
