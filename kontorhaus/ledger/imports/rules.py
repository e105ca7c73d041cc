"""Rules of imports: how what came of a posting is kept for its row."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.kernel.errors import Invalid, Refusal
from kontorhaus.ledger.imports.model import RowOutcome
from kontorhaus.ledger.model import Posted


def outcomes(made: Sequence[Posted | Refusal], *, first_row: int) -> list[RowOutcome]:
    """What became of consecutive rows."""
    return [_outcome(row, each) for row, each in enumerate(made, start=first_row)]


def _outcome(row: int, made: Posted | Refusal) -> RowOutcome:
    if isinstance(made, Posted):
        return RowOutcome(row, made.intent_id)
    details = dict(made.details)
    if isinstance(made, Invalid) and isinstance(details.get("field"), str):
        details = {str(details.pop("field")): made.message, **details}
    return RowOutcome(row, None, made.code, made.message, details or None)
