"""Rules of runs: which rows are made in one go, and how outcomes are kept."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.invoicing.model import Document
from kontorhaus.invoicing.runs.model import Judged, Row, RowOutcome
from kontorhaus.kernel.errors import Invalid, Refusal


def in_one_go(rows: Sequence[Row]) -> list[Judged] | None:
    """The rows, if all become final invoices of their own with numbers of the series; else None."""
    found = [row for row in rows if isinstance(row, Judged) and _is_usual(row)]
    return found if len(found) == len(rows) else None


def _is_usual(row: Judged) -> bool:
    new = row.new
    stands_alone = new.parent_id is None and new.content.form == "standard"
    return new.type == "invoice" and new.finalized and new.number is None and stands_alone


def outcome(row_number: int, made: Document | Refusal) -> RowOutcome:
    """What became of a row; the files of a final document are still to be made."""
    if isinstance(made, Document):
        return RowOutcome(
            row_number,
            document_id=made.id,
            public_id=made.public_id,
            number=made.shown_number,
            is_filed=made.finalized_at is None,
        )
    details = dict(made.details)
    if isinstance(made, Invalid) and isinstance(details.get("field"), str):
        details = {str(details.pop("field")): made.message, **details}
    return RowOutcome(row_number, code=made.code, message=made.message, details=details or None)
