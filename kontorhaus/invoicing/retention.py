"""What the law makes an organization keep: documents and books (§ 14b UStG, § 147 AO)."""

from __future__ import annotations

from kontorhaus.invoicing import queries
from kontorhaus.invoicing.model import Filter
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.runtime.work import Work

_LOCKED = "locked"


def reason(work: Work) -> str | None:
    """Why nothing of the tenant may be thrown away, as a sentence; None if it may."""
    _, documents = queries.documents(work, wanted=Filter(finalized=True), limit=1, skip=0)
    if documents:
        return "The organization has finalized documents, which the law makes it keep (§ 14b UStG)."
    if not ledger.is_empty(work):
        return "The organization has bookings, which the law makes it keep (§ 147 AO)."
    if any(listed.standing.state == _LOCKED for listed in periods.periods(work)):
        return "The organization has locked periods, which the law makes it keep (§ 147 AO)."
    return None
