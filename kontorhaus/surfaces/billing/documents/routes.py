"""Documents of five types; an invoice that becomes final is a claim in the books."""

from __future__ import annotations

from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing import artefacts, queries
from kontorhaus.invoicing.agreement import media
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.documents import input as given
from kontorhaus.surfaces.billing.documents import wire
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Binary, Reply
from kontorhaus.surfaces.conventions.call import Call

_TAGS = ("documents",)


@billing.get(
    "/documents",
    scope="documents:read",
    refusals=(400, 401, 403),
    answer=wire.Documents,
    tags=_TAGS,
)
def list_documents(work: Work, query: given.DocumentQuery) -> wire.Documents:
    """List documents; from and to are days of the document date, both included."""
    found = queries.documents(work, wanted=given.wanted(query), limit=query.limit, skip=query.skip)
    return wire.documents(found, query)


@billing.post(
    "/documents",
    scope="documents:write",
    status=201,
    refusals=(400, 401, 403, 404, 409, 413, 422, 429),
    answer=wire.Document,
    tags=_TAGS,
)
def create_document(call: Call, body: given.DocumentInput) -> Reply:
    """Create a document, final at once with `finalized`.

    An e-invoice (`exportType` factur-x or xrechnung) is validated first: 422 names each rule.
    """
    if replayed := call.replay():
        return replayed
    new = given.new_document(body, today=call.today, resources=call.resources)
    verdict = artefacts.judge_new(call.resources, call.caller, new=new)
    return call.write(lambda work: wire.document(invoicing.create(work, new=new, verdict=verdict)))


@billing.get(
    "/documents/{id}",
    scope="documents:read",
    refusals=(401, 403, 404),
    answer=wire.Document,
    tags=_TAGS,
)
def get_document(work: Work, id: str) -> wire.Document:
    """Get a document."""
    return wire.document(queries.document(work, public_id=id))


@billing.patch(
    "/documents/{id}",
    scope="documents:write",
    refusals=(400, 401, 403, 404, 409, 413, 422),
    answer=wire.Document,
    tags=_TAGS,
)
def change_document(call: Call, id: str, body: given.DocumentChange) -> Reply:
    """Change a document: everything while it is a draft, only its marks once it is final."""
    if replayed := call.replay():
        return replayed
    change = given.change(body, resources=call.resources)
    verdict = artefacts.judge_change(call.resources, call.caller, public_id=id, change=change)
    return call.write(
        lambda work: wire.document(
            invoicing.amend(work, public_id=id, change=change, verdict=verdict)
        )
    )


@billing.delete(
    "/documents/{id}",
    scope="documents:write",
    status=204,
    refusals=(400, 401, 403, 404, 409),
    tags=_TAGS,
)
def delete_document(work: Work, id: str) -> None:
    """Delete a draft; a final document is kept."""
    invoicing.delete(work, public_id=given.checked_id(id))


@billing.get(
    "/documents/{id}/pdf",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=Binary,
    media_type="application/pdf",
    tags=_TAGS,
)
def get_document_pdf(call: Call, id: str, query: given.FileQuery) -> Binary:
    """Download the PDF; an XRechnung has none, it has a preview."""
    return wire.file(artefacts.fetch(call.resources, call.caller, public_id=id, kind="pdf"), query)


@billing.get(
    "/documents/{id}/xml",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=Binary,
    media_type="application/xml",
    tags=_TAGS,
)
def get_document_xml(call: Call, id: str, query: given.FileQuery) -> Binary:
    """Download the XML of an XRechnung."""
    return wire.file(artefacts.fetch(call.resources, call.caller, public_id=id, kind="xml"), query)


@billing.get(
    "/documents/{id}/preview",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=Binary,
    media_type="application/pdf",
    tags=_TAGS,
)
def get_document_preview(call: Call, id: str, query: given.FileQuery) -> Binary:
    """Download a readable PDF of any document, an XRechnung too."""
    return wire.file(
        artefacts.fetch(call.resources, call.caller, public_id=id, kind="preview"), query
    )


@billing.get(
    "/documents/{id}/attachments/{n}",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=Binary,
    media_type=media.TYPES,
    tags=_TAGS,
)
def get_document_attachment(call: Call, id: str, n: int) -> Binary:
    """Download a file that goes along with a document, by its place among them from 1 on."""
    found = artefacts.enclosed(call.resources, call.caller, public_id=id, place=n)
    return Binary(found.content, found.media_type, found.name)
