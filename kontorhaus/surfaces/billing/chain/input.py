"""The JSON shape of what a document shall be turned into."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from kontorhaus.invoicing import model
from kontorhaus.invoicing.chain.model import Conversion
from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.billing.documents.input import InvoiceType, Text
from kontorhaus.surfaces.conventions import fields


class LineChoice(fields.CamelIn):
    """How much of a line is taken over; lines count from 1."""

    line: Annotated[int, fields.whole(1, 1000)]
    quantity: fields.Quantity


class ConversionInput(fields.CamelIn):
    """What a document shall be turned into; without `lines` it takes over what is left."""

    type: model.DocumentType
    invoice_type: InvoiceType = "standard"
    date: fields.Day | None = None
    number: Annotated[str, fields.text(1, 50)] | None = None
    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=1000)] | None = None
    percent: fields.Percent | None = None
    export_type: model.ExportType | None = None
    introduction: Text | None = None
    notes: Text | None = None
    finalized: bool = False


def conversion(body: ConversionInput, *, today: date) -> Conversion:
    """The conversion that a body asks for; Invalid where lines and percent meet."""
    if body.lines is not None and body.percent is not None:
        raise Invalid("percent", "lines and percent exclude each other.", field="percent")
    chosen = None
    if body.lines is not None:
        chosen = {choice.line: choice.quantity for choice in body.lines}
        if len(chosen) < len(body.lines):
            raise Invalid("lines", "Name each line once.", field="lines")
    return Conversion(
        type=body.type,
        document_date=body.date or today,
        form=body.invoice_type,
        quantities=chosen,
        percent=body.percent,
        number=body.number,
        export_type=body.export_type,
        introduction=body.introduction or None,
        notes=body.notes or None,
        finalized=body.finalized,
    )
