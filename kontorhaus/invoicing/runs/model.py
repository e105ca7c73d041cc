"""Values of runs: what was asked for, how far it came, what became of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType
from uuid import UUID

from kontorhaus.invoicing.model import NewDocument, Verdict
from kontorhaus.kernel.errors import Refusal
from kontorhaus.kernel.ids import DocumentId

RunId = NewType("RunId", UUID)
Status = Literal["queued", "running", "done", "failed"]

MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class DocumentRun:
    """A stored file of documents and how far their making came.

    `sha256` names the file, `total` is unknown (None) until it was read. Rows are `made` or
    `failed`; `filed` of the made ones have all their files. A run whose file cannot be read has
    failed with `code` and `message`.
    """

    id: RunId
    status: Status
    sha256: str
    total: int | None
    processed: int
    made: int
    failed: int
    filed: int
    code: str | None
    message: str | None
    actor: Mapping[str, object]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ("done", "failed")


@dataclass(frozen=True, slots=True)
class Judged:
    """A document that is asked for, and what the rules said of it before anything was locked."""

    new: NewDocument
    verdict: Verdict


Row = Judged | Refusal


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row (counted from 1): a document, or why there is none.

    `is_filed` says that all files of the document are stored, or that it is a draft without any.
    """

    row_number: int
    document_id: DocumentId | None = None
    public_id: str | None = None
    number: str | None = None
    is_filed: bool = True
    code: str | None = None
    message: str | None = None
    details: Mapping[str, object] | None = None
