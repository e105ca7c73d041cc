"""Payment runs over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.kernel.ids import PaymentRunId
from kontorhaus.payables.runs import actions, queries, sepa_file
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.payment_runs import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer, Binary, Reply
from kontorhaus.surfaces.conventions.call import Call

_READ, _WRITE, _TAGS = "kreditoren:read", "kreditoren:write", ("payables",)
_ALL = (400, 401, 403, 404, 409)


@books.get(
    "/v1/payment-runs",
    scope=_READ,
    refusals=(400, 401, 403),
    answer=list[wire.PaymentRunRow],
    tags=_TAGS,
)
def list_payment_runs(work: Work, query: wire.RunQuery) -> Answer:
    """List payment runs, newest first."""
    found, count = queries.runs(work, status=query.status, limit=query.limit, offset=query.offset)
    return Answer.listing([wire.row(run) for run in found], total=count)


@books.post(
    "/v1/payment-runs",
    scope=_WRITE,
    status=201,
    refusals=_ALL,
    answer=wire.PaymentRun,
    tags=_TAGS,
)
def create_payment_run(work: Work, body: wire.RunInput) -> wire.PaymentRun:
    """Make a draft that pays what remains of the chosen invoices."""
    return wire.run(actions.create(work, new=wire.new_run(body)))


@books.get(
    "/v1/payment-runs/eligible-invoices",
    scope=_READ,
    refusals=(401, 403),
    answer=list[wire.EligibleInvoice],
    tags=_TAGS,
)
def list_eligible_invoices(work: Work) -> list[wire.EligibleInvoice]:
    """List open invoices that no active run holds, those due first first."""
    return [wire.eligible(payable) for payable in queries.eligible(work)]


@books.get(
    "/v1/payment-runs/{id}",
    scope=_READ,
    refusals=(400, 401, 403, 404),
    answer=wire.PaymentRun,
    tags=_TAGS,
)
def get_payment_run(work: Work, id: UUID) -> wire.PaymentRun:
    """Show one payment run with its payments."""
    return wire.run(queries.run(work, run_id=PaymentRunId(id)))


@books.post(
    "/v1/payment-runs/{id}/approve",
    scope=_WRITE,
    status=200,
    refusals=_ALL,
    answer=wire.PaymentRun,
    tags=_TAGS,
)
def approve_payment_run(work: Work, id: UUID) -> wire.PaymentRun:
    """Approve a draft; under four eyes by somebody else than its maker."""
    return wire.run(actions.approve(work, run_id=PaymentRunId(id)))


@books.post(
    "/v1/payment-runs/{id}/cancel",
    scope=_WRITE,
    status=200,
    refusals=_ALL,
    answer=wire.PaymentRun,
    tags=_TAGS,
)
def cancel_payment_run(work: Work, id: UUID) -> wire.PaymentRun:
    """Give up a run that was not exported; its invoices are free again."""
    return wire.run(actions.cancel(work, run_id=PaymentRunId(id)))


@books.post(
    "/v1/payment-runs/{id}/complete",
    scope=_WRITE,
    status=200,
    refusals=_ALL,
    answer=wire.PaymentRun,
    tags=_TAGS,
)
def complete_payment_run(work: Work, id: UUID) -> wire.PaymentRun:
    """Note that the bank has paid; matching its lines settles the invoices."""
    return wire.run(actions.complete(work, run_id=PaymentRunId(id)))


@books.post(
    "/v1/payment-runs/{id}/export",
    scope=_WRITE,
    status=200,
    refusals=_ALL,
    answer=wire.ExportedRun,
    tags=_TAGS,
)
def export_payment_run(call: Call, id: UUID) -> Reply:
    """Make the SEPA file (pain.001) of an approved run, once."""
    note = sepa_file.prepare(call.resources, call.caller, run_id=PaymentRunId(id))
    return call.write(lambda work: wire.exported(note(work)))


@books.get(
    "/v1/payment-runs/{id}/sepa-xml",
    scope=_READ,
    refusals=_ALL,
    answer=Binary,
    media_type="application/xml",
    tags=_TAGS,
)
def get_sepa_xml(call: Call, id: UUID) -> Binary:
    """The file of an exported run, byte for byte."""
    blobs = call.resources.blobs
    content = call.read(lambda work: queries.sepa_xml(work, run_id=PaymentRunId(id), blobs=blobs))
    return Binary(content, "application/xml", f"SEPA_{id}.xml")
