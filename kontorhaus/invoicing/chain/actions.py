"""Turning one document into the next."""

from __future__ import annotations

from kontorhaus.invoicing import actions, drafting, store
from kontorhaus.invoicing.chain.drafting import converted
from kontorhaus.invoicing.chain.model import Conversion
from kontorhaus.invoicing.model import Document, Verdict
from kontorhaus.runtime.work import Work


def convert(
    work: Work,
    *,
    public_id: str,
    conversion: Conversion,
    verdict: Verdict = drafting.NOT_JUDGED,
) -> Document:
    """The document that follows on another one, a draft unless it shall be final at once.

    NotFound("document"); Conflict: not_final, cancelled, not_cancelled, credit_note, nothing_left,
    and those of creating a document; Invalid for a step or a line that there is not.
    """
    new = converted(work, public_id=public_id, conversion=conversion)
    if new.finalized and new.type == "invoice":
        actions.enter_periods(work, new.content)
    store.lock(work, public_id=new.parent_id or public_id)
    new = converted(work, public_id=public_id, conversion=conversion)
    return actions.create(work, new=new, verdict=verdict)
