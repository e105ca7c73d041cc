"""Turning one document into the next, and telling how far an order has got."""

from __future__ import annotations

from kontorhaus.invoicing import artefacts, queries
from kontorhaus.invoicing.chain import actions as chain
from kontorhaus.invoicing.chain import queries as chain_of
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.chain import input as given
from kontorhaus.surfaces.billing.chain import wire
from kontorhaus.surfaces.billing.documents import wire as documents
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.call import Call

_TAGS = ("documents",)


@billing.post(
    "/documents/{id}/convert",
    scope="documents:write",
    status=201,
    refusals=(400, 401, 403, 404, 409, 413, 422),
    answer=documents.Document,
    tags=_TAGS,
)
def convert_document(call: Call, id: str, body: given.ConversionInput) -> Reply:
    """Turn a final document into the next one of its chain; a draft unless `finalized`."""
    if replayed := call.replay():
        return replayed
    wish = given.conversion(body, today=call.today)
    new = call.read(lambda work: chain_of.converted(work, public_id=id, conversion=wish))
    verdict = artefacts.judge_new(call.resources, call.caller, new=new)
    return call.write(
        lambda work: documents.document(
            chain.convert(work, public_id=id, conversion=wish, verdict=verdict)
        )
    )


@billing.get(
    "/documents/{id}/chain",
    scope="documents:read",
    refusals=(401, 403, 404),
    answer=wire.Chain,
    tags=_TAGS,
    etag=False,
)
def get_chain(work: Work, id: str) -> wire.Chain:
    """Get what stands before and after a document, and what was delivered and invoiced of it."""
    document = queries.document(work, public_id=id)
    return wire.chain(document, chain_of.progress(work, document=document))
