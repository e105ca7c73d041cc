"""The JSON shapes of how far a document has got."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.invoicing import model
from kontorhaus.invoicing.chain.model import Progress as Done
from kontorhaus.surfaces.billing.documents.wire import Reference, references
from kontorhaus.surfaces.conventions import fields


class Progress(fields.CamelOut):
    """One line with what was delivered and invoiced of it so far."""

    line: int
    title: str
    unit: str | None
    quantity: fields.Quantity
    delivered: fields.Quantity
    invoiced: fields.Quantity


class Chain(fields.CamelOut):
    """The documents around one, and how far its lines have got."""

    references: list[Reference]
    lines: list[Progress]


def chain(document: model.Document, done: Sequence[Done]) -> Chain:
    """The chain of a document as this API shows it."""
    return Chain(
        references=list(references(document)),
        lines=[
            Progress(
                line=each.position,
                title=each.title,
                unit=each.unit,
                quantity=each.quantity,
                delivered=each.delivered,
                invoiced=each.invoiced,
            )
            for each in done
        ],
    )
