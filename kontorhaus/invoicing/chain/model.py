"""What turns one document into the next, and how far an order has got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.model import DocumentType, ExportType, Form, Line


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a document shall be turned into.

    `quantities` are those to take over, by the position of their line (from 1); None takes what
    is left. `percent` of the whole is asked for by a partial invoice in place of the lines. Texts
    that are None follow the letter paper; `export_type` None is that of the document.
    """

    type: DocumentType
    document_date: date
    form: Form = "standard"
    quantities: Mapping[int, Decimal] | None = None
    percent: Decimal | None = None
    number: str | None = None
    export_type: ExportType | None = None
    introduction: str | None = None
    notes: str | None = None
    finalized: bool = False


@dataclass(frozen=True, slots=True)
class Successor:
    """A document that follows on another one, with the lines that it took over."""

    id: str
    parent_id: str
    type: DocumentType
    form: Form
    is_cancelled: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of one line was delivered and invoiced so far; drafts count."""

    position: int
    title: str
    unit: str | None
    quantity: Decimal
    delivered: Decimal
    invoiced: Decimal
