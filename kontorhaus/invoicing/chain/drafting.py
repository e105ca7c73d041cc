"""What a document would be turned into if it were turned now."""

from __future__ import annotations

from kontorhaus.invoicing import drafting, steps
from kontorhaus.invoicing.chain import rules, store
from kontorhaus.invoicing.chain.model import Conversion
from kontorhaus.invoicing.model import NewDocument
from kontorhaus.runtime.work import Work


def converted(work: Work, *, public_id: str, conversion: Conversion) -> NewDocument:
    """The document that follows on another one.

    A final invoice after a partial one takes over what was ordered. NotFound("document"); Invalid
    and Conflict where it cannot be turned into that.
    """
    parent = drafting.found(work, public_id=public_id)
    steps.check_step(parent, conversion.type, conversion.form)
    if conversion.form == "final" and parent.type == "invoice" and parent.parent:
        parent = drafting.found(work, public_id=parent.parent.public_id)
    descendants = store.descendants(work, public_id=parent.public_id)
    return rules.converted(parent, conversion, rules.progress(parent, descendants))
