"""What is asked about cancellations before they are written."""

from __future__ import annotations

from kontorhaus.invoicing import drafting
from kontorhaus.invoicing.cancellation import rules
from kontorhaus.invoicing.cancellation.drafting import drafted
from kontorhaus.invoicing.model import Snapshot
from kontorhaus.runtime.work import Work


def to_be_judged(work: Work, *, public_id: str) -> Snapshot | None:
    """The cancellation of an invoice; None if it is no e-invoice.

    NotFound("document"), Conflict where the invoice cannot be cancelled.
    """
    document = drafting.found(work, public_id=public_id)
    rules.check_cancellable(document)
    return None if document.content.export_type == "pdf" else drafted(work, document=document)
