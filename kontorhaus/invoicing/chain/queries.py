"""What is asked about the chain of a document."""

from __future__ import annotations

from kontorhaus.invoicing.chain import drafting, rules, store
from kontorhaus.invoicing.chain.model import Conversion, Progress
from kontorhaus.invoicing.model import Document, NewDocument
from kontorhaus.runtime.work import Work


def progress(work: Work, *, document: Document) -> list[Progress]:
    """How much of each line was delivered and invoiced so far; drafts count, cancelled do not."""
    return rules.progress(document, store.descendants(work, public_id=document.public_id))


def converted(work: Work, *, public_id: str, conversion: Conversion) -> NewDocument:
    """The document that a document would be turned into now; refusals as on turning it."""
    return drafting.converted(work, public_id=public_id, conversion=conversion)
