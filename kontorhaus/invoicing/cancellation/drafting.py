"""What the cancellation of an invoice would say if it were written now."""

from __future__ import annotations

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import drafting, store
from kontorhaus.invoicing.cancellation import rules
from kontorhaus.invoicing.model import Document, Snapshot
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.runtime.work import Work


def drafted(work: Work, *, document: Document) -> Snapshot:
    """The cancellation of a final invoice, with a placeholder for its number."""
    original = store.snapshot(work, document_id=document.id)
    assert original is not None, "a final document has its snapshot"
    brand = stationery.stationery(work).brand
    seller = drafting.seller(identity.profile(work), brand)
    return rules.snapshot(original, number=drafting.PLACEHOLDER, day=work.today, seller=seller)
