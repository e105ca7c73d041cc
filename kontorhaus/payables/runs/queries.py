"""Questions about payment runs."""

from __future__ import annotations

import hashlib

from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import PaymentRunId
from kontorhaus.payables.runs import store
from kontorhaus.payables.runs.model import Payable, PaymentRun
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.work import Work


def run(work: Work, *, run_id: PaymentRunId) -> PaymentRun:
    """One run with its payments; NotFound("not_found")."""
    found = store.by_id(work, run_id=run_id)
    if found is None:
        raise NotFound("not_found", "There is no such payment run.")
    return found


def runs(
    work: Work, *, status: str | None, limit: int, offset: int
) -> tuple[list[PaymentRun], int]:
    """A page of runs without their payments, newest first, and how many match."""
    return store.matching(work, status=status, limit=limit, offset=offset)


def eligible(work: Work) -> list[Payable]:
    """Open invoices with a booking that no active run holds."""
    return store.eligible(work)


def sepa_xml(work: Work, *, run_id: PaymentRunId, blobs: Blobs) -> bytes:
    """The file of an exported run; Conflict("invalid_state_transition") before its export."""
    found = run(work, run_id=run_id)
    if found.sepa_sha256 is None:
        raise Conflict(
            "invalid_state_transition",
            "The file is made by the export of the run.",
            status=found.status,
        )
    return blobs.get(found.sepa_sha256)


def verify(work: Work, *, blobs: Blobs) -> list[Finding]:
    """Exported runs whose file is not in the store as it was given out."""
    return [
        Finding("payment_run", "The SEPA file is missing or was changed.", subject=run_id)
        for run_id, sha256 in store.exported_files(work)
        if not _is_whole(blobs, sha256)
    ]


def _is_whole(blobs: Blobs, sha256: str) -> bool:
    try:
        return hashlib.sha256(blobs.get(sha256)).hexdigest() == sha256
    except NotFound:
        return False
