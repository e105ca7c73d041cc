"""Cancelling a final invoice, and the files that say so."""

from __future__ import annotations

from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.surfaces.billing.documents import input as given
from kontorhaus.surfaces.billing.documents import wire
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Binary, Reply
from kontorhaus.surfaces.conventions.call import Call

_TAGS = ("documents",)


@billing.post(
    "/documents/{id}/cancel",
    scope="documents:write",
    status=200,
    refusals=(400, 401, 403, 404, 409, 422),
    answer=wire.Document,
    tags=_TAGS,
)
def cancel_document(call: Call, id: str, body: given.CancellationInput | None = None) -> Reply:
    """Cancel a final invoice: a document with a number of its own takes it back, dated today."""
    if replayed := call.replay():
        return replayed
    verdict = artefacts.judge_cancellation(call.resources, call.caller, public_id=id)
    reason = (body.cancellation_reason if body else None) or None
    return call.write(
        lambda work: wire.document(
            cancellation.cancel(work, public_id=id, reason=reason, verdict=verdict)
        )
    )


@billing.get(
    "/documents/{id}/cancellation/pdf",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=Binary,
    media_type="application/pdf",
    tags=_TAGS,
)
def get_cancellation_pdf(call: Call, id: str, query: given.FileQuery) -> Binary:
    """Download the cancellation; of an XRechnung it is a readable rendering."""
    return wire.file(
        artefacts.fetch(call.resources, call.caller, public_id=id, kind="cancellation-pdf"), query
    )


@billing.get(
    "/documents/{id}/cancellation/xml",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=Binary,
    media_type="application/xml",
    tags=_TAGS,
)
def get_cancellation_xml(call: Call, id: str, query: given.FileQuery) -> Binary:
    """Download the XML of the cancellation of an XRechnung: a credit note in UBL."""
    return wire.file(
        artefacts.fetch(call.resources, call.caller, public_id=id, kind="cancellation-xml"), query
    )
