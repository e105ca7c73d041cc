"""Rules of payment runs, pure: states, what may be paid, what an approval binds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date

from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.kernel.ids import InvoiceId, UserId
from kontorhaus.payables.runs.model import Payable, PaymentItem, PaymentRun, Status, Step

_STEPS: Mapping[Step, tuple[tuple[Status, ...], Status]] = {
    "approve": (("draft",), "approved"),
    "cancel": (("draft", "approved"), "cancelled"),
    "export": (("approved",), "exported"),
    "complete": (("exported",), "completed"),
}

# SEPA without an address of the payee: the European Economic Area (EPC AOS; DK Anlage 3).
_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
_WITHOUT_ADDRESS = frozenset(_EEA.split())


def after(status: Status, step: Step) -> Status:
    """The state a step leads to; Conflict("invalid_state_transition")."""
    before, result = _STEPS[step]
    if status not in before:
        raise Conflict(
            "invalid_state_transition",
            f"A run that is {status} cannot {step}; it must be {' or '.join(before)}.",
            status=status,
        )
    return result


def check_execution(execution_date: date, today: date) -> None:
    """A bank takes no day that is over."""
    if execution_date < today:
        raise Invalid("invalid_input", "The day of execution is over.", field="execution_date")


def check_payable(payable: Payable) -> str:
    """The IBAN an invoice is paid to.

    Conflict: invoice_already_in_active_run. Invalid: invalid_input where nothing is open,
    vendor_iban_missing.
    """
    if payable.is_taken:
        raise Conflict(
            "invoice_already_in_active_run",
            f"Invoice {payable.number} is in a run that is not finished.",
            invoice_id=str(payable.invoice_id),
        )
    if payable.intent_id is None or payable.open_amount.minor <= 0:
        raise Invalid(
            "invalid_input",
            f"Invoice {payable.number} of {payable.vendor_name} has nothing open to pay.",
            field="invoice_ids",
        )
    if payable.iban is None:
        raise Invalid(
            "vendor_iban_missing",
            f"{payable.vendor_name} has no valid IBAN: complete the vendor.",
            vendor=payable.vendor_name,
            invoice_id=str(payable.invoice_id),
        )
    if needs_address(payable.iban) and not (payable.city and payable.country):
        raise Invalid(
            "invalid_input",
            f"A payment to {payable.iban[:2]} needs town and country of {payable.vendor_name}.",
            field="invoice_ids",
        )
    return payable.iban


def needs_address(iban: str) -> bool:
    """Whether the payee's bank lies outside of the EEA, where SEPA asks for town and country."""
    return iban[:2] not in _WITHOUT_ADDRESS


def check_approval(run: PaymentRun, *, approver: UserId | None, four_eyes: bool) -> None:
    """Invalid if there is nothing to pay; Denied("self_approval_denied") under four eyes."""
    if not run.items or any(item.amount.minor <= 0 for item in run.items):
        raise Invalid("invalid_input", "A run needs payments above zero.", field="items")
    if four_eyes and (approver is None or approver == run.created_by):
        raise Denied(
            "self_approval_denied", "Somebody else than the one who made the run approves it."
        )


def content_hash(run: PaymentRun, debtor_iban: str) -> bytes:
    """SHA-256 over what an approval is about: account, day, and each payment."""
    content = [
        debtor_iban,
        run.execution_date.isoformat(),
        [
            [str(i.invoice_id), i.vendor_name, i.vendor_iban, i.amount.minor, i.reference]
            for i in run.items
        ],
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def check_unchanged(items: Sequence[PaymentItem], present: Mapping[InvoiceId, Payable]) -> None:
    """What was approved is still owed, to the same account.

    Conflict: vendor_iban_changed, amount_changed.
    """
    for item in items:
        now = present[item.invoice_id]
        if now.iban is None or ibans.compact(now.iban) != item.vendor_iban:
            raise Conflict(
                "vendor_iban_changed",
                f"The IBAN of {item.vendor_name} changed after the approval: cancel this run.",
                vendor=item.vendor_name,
            )
        if now.open_amount.minor < item.amount.minor:
            raise Conflict(
                "amount_changed",
                f"Less than approved is open on invoice {item.invoice_number}: cancel this run.",
                invoice_id=str(item.invoice_id),
            )
