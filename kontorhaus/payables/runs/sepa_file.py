"""From an approved run to the file for the bank: written before, noted inside the transaction."""

from __future__ import annotations

from collections.abc import Callable

from kontorhaus.kernel.ids import PaymentRunId
from kontorhaus.payables.runs import actions, pain001
from kontorhaus.payables.runs.model import ExportedRun, PaymentRun
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin

Exported = Callable[[Work], ExportedRun]


def prepare(resources: Resources, caller: Caller, *, run_id: PaymentRunId) -> Exported:
    """Write and store the file; what is returned notes the export within a transaction.

    A file whose export was lost to another call stays behind unnamed and does no harm.
    """
    with begin(resources.database, caller, read_only=True) as work:
        run, debtor, version = actions.ready_for_export(work, run_id=run_id)
        made_at = work.now
    content = pain001.write(run, debtor, version=version, made_at=made_at)
    sha256 = resources.blobs.put(content)

    def note(work: Work) -> ExportedRun:
        exported: PaymentRun = actions.export(work, run=run, sha256=sha256)
        return ExportedRun(exported, content.decode())

    return note
