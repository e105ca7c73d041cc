"""What happens to payment runs: made, approved by another, exported once, completed, cancelled."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.banking import queries as banking
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound
from kontorhaus.kernel.ids import (
    BankAccountId,
    InvoiceId,
    PaymentItemId,
    PaymentRunId,
    UserId,
)
from kontorhaus.kernel.money import total
from kontorhaus.payables.runs import rules, store
from kontorhaus.payables.runs.model import Debtor, NewRun, Payable, PaymentItem, PaymentRun, Step
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Json, Work


def create(work: Work, *, new: NewRun) -> PaymentRun:
    """A draft that pays what remains of invoices.

    NotFound: bank_account_not_found, invoice_not_found. Invalid: invalid_input,
    vendor_iban_missing. Conflict: invoice_already_in_active_run.
    """
    rules.check_execution(new.execution_date, work.today)
    if len(set(new.invoice_ids)) != len(new.invoice_ids):
        raise Invalid("invalid_input", "An invoice is named twice.", field="invoice_ids")
    _debtor(work, new.bank_account_id)
    found = store.payables(work, invoice_ids=new.invoice_ids)
    items = tuple(_item(work, invoice_id, found) for invoice_id in new.invoice_ids)
    run = PaymentRun(
        id=PaymentRunId(work.new_id()),
        bank_account_id=new.bank_account_id,
        execution_date=new.execution_date,
        label=new.label,
        status="draft",
        total=total(item.amount for item in items),
        item_count=len(items),
        created_at=work.now,
        created_by=_person(work),
        needs_four_eyes=identity.settings(work).payment_run_four_eyes,
        content_hash=None,
        message_id=None,
        sepa_sha256=None,
        items=items,
    )
    if not store.insert(work, run=run):
        raise Conflict(
            "invoice_already_in_active_run", "Another run has just taken one of the invoices."
        )
    _record(work, "created", run, {"execution_date": run.execution_date.isoformat()})
    return run


def approve(work: Work, *, run_id: PaymentRunId) -> PaymentRun:
    """Agree to a draft as it stands; what is exported later must still be it.

    Conflict: invalid_state_transition. Invalid: invalid_input. Denied: self_approval_denied.
    """
    run = _locked(work, run_id)
    rules.after(run.status, "approve")
    four_eyes = run.needs_four_eyes or identity.settings(work).payment_run_four_eyes
    rules.check_approval(run, approver=_person(work), four_eyes=four_eyes)
    store.approve(
        work,
        run_id=run_id,
        content_hash=rules.content_hash(run, _debtor(work, run.bank_account_id).iban),
        message_id=f"KH{run.id.hex}",
    )
    return _moved(work, run)


def ready_for_export(work: Work, *, run_id: PaymentRunId) -> tuple[PaymentRun, Debtor, str]:
    """An approved run as it shall be written, who pays, and the version of the file.

    Conflict: invalid_state_transition, vendor_iban_changed, amount_changed.
    """
    run = _found(work, run_id)
    debtor = _debtor(work, run.bank_account_id)
    _check_export(work, run, debtor)
    return run, debtor, identity.settings(work).sepa_version


def export(work: Work, *, run: PaymentRun, sha256: str) -> PaymentRun:
    """Note that the bank is given the stored file; of two exports at once one succeeds.

    Conflict: invalid_state_transition, vendor_iban_changed, amount_changed.
    """
    present = _locked(work, run.id)
    _check_export(work, present, _debtor(work, run.bank_account_id))
    store.export(work, run_id=run.id, sha256=sha256)
    return _moved(work, present)


def complete(work: Work, *, run_id: PaymentRunId) -> PaymentRun:
    """The bank has paid; what it paid is settled when its lines are matched."""
    return _close(work, run_id, "complete")


def cancel(work: Work, *, run_id: PaymentRunId) -> PaymentRun:
    """Give up a run that the bank was not given."""
    return _close(work, run_id, "cancel")


def _close(work: Work, run_id: PaymentRunId, step: Step) -> PaymentRun:
    run = _locked(work, run_id)
    status = rules.after(run.status, step)
    store.close(work, run_id=run_id, status=status)
    return _moved(work, run)


def _check_export(work: Work, run: PaymentRun, debtor: Debtor) -> None:
    rules.after(run.status, "export")
    if run.content_hash != rules.content_hash(run, debtor.iban):
        raise Conflict("content_changed", "The run is not what was approved: cancel it.")
    ids = [item.invoice_id for item in run.items]
    rules.check_unchanged(run.items, store.payables(work, invoice_ids=ids, run_id=run.id))


def _item(work: Work, invoice_id: InvoiceId, found: dict[InvoiceId, Payable]) -> PaymentItem:
    payable = found.get(invoice_id)
    if payable is None:
        raise NotFound("invoice_not_found", "There is no such invoice.", invoice_id=str(invoice_id))
    iban = rules.check_payable(payable)
    return PaymentItem(
        id=PaymentItemId(work.new_id()),
        invoice_id=payable.invoice_id,
        party_id=payable.party_id,
        invoice_number=payable.number,
        vendor_name=payable.vendor_name,
        vendor_iban=iban,
        vendor_bic=payable.bic,
        vendor_city=payable.city,
        vendor_country=payable.country,
        amount=payable.open_amount,
        reference=payable.number,
    )


def _person(work: Work) -> UserId | None:
    """The person behind the caller; nobody behind the program itself."""
    return UserId(work.actor.user_id) if work.actor.user_id else None


def _debtor(work: Work, bank_account_id: BankAccountId) -> Debtor:
    try:
        account = banking.bank_account(work, bank_account_id=bank_account_id).account
    except NotFound as error:
        raise NotFound("bank_account_not_found", "There is no such bank account.") from error
    return Debtor(identity.profile(work).name, account.iban, account.bic)


def _locked(work: Work, run_id: PaymentRunId) -> PaymentRun:
    return _found(work, run_id, lock=True)


def _found(work: Work, run_id: PaymentRunId, *, lock: bool = False) -> PaymentRun:
    found = store.by_id(work, run_id=run_id, lock=lock)
    if found is None:
        raise NotFound("not_found", "There is no such payment run.")
    return found


def _moved(work: Work, before: PaymentRun) -> PaymentRun:
    """The run as it is after a step, which is recorded."""
    after = _found(work, before.id)
    _record(work, after.status, after, changes.between(before, after))
    return after


def _record(work: Work, step: str, run: PaymentRun, details: Mapping[str, Json]) -> None:
    work.record(
        f"payables.run_{step}",
        subject="payment_run",
        subject_id=run.id,
        details={"total": str(run.total.decimal), "items": run.item_count, **details},
    )
