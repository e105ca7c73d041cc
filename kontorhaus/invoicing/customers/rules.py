"""How a line becomes an item that the customer's programs read, and what is not the customer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kontorhaus.invoicing.customers.model import USUAL_TYPE, Item
from kontorhaus.invoicing.model import ArtefactKind, ExportType, Line
from kontorhaus.invoicing.purpose.model import NO_PURPOSE, is_donation
from kontorhaus.kernel.errors import NotFound
from kontorhaus.openitems.invoices.model import InvoiceLine

# More than the lines and down payments of any invoice.
_PER_INVOICE = 10_000


def items(
    serial: int, lines: Sequence[Line], claimed: Sequence[InvoiceLine], types: Mapping[str, str]
) -> tuple[Item, ...]:
    """The lines with their gross amounts, then the down payments that are taken off.

    `claimed` is what the books keep of them, the sum of which is the claim; `types` are those of
    products by their public ids.
    """
    return tuple(
        _item(serial, amounts, lines[n] if n < len(lines) else None, types)
        for n, amounts in enumerate(claimed)
    )


def _item(serial: int, amounts: InvoiceLine, line: Line | None, types: Mapping[str, str]) -> Item:
    purpose = line.purpose if line else NO_PURPOSE
    word = purpose.type or types.get((line.product_id if line else None) or "") or USUAL_TYPE
    more = (line.title2 if line else None) or ""
    title = line.title if line else amounts.description
    return Item(
        id=serial * _PER_INVOICE + amounts.position,
        type=word,
        title=title,
        text="\n".join(filter(None, (title, more))),
        related_id=purpose.related_id or 0,
        amount=amounts.total,
        is_taxed=amounts.tax_rate > 0,
        is_donation=is_donation(word),
        donator_name=purpose.donator_name,
        donator_text=purpose.donator_text,
    )


def not_found() -> NotFound:
    """The same for an invoice that is not there and for one of another customer."""
    return NotFound("not_found", "There is no such invoice.")


def readable(export_type: ExportType) -> ArtefactKind:
    """What of a document a person can read: an XRechnung has a preview."""
    return "preview" if export_type == "xrechnung" else "pdf"


def unique(name: str, serial: int, used: set[str]) -> str:
    """A file name that no other file of the archive has, in whatever case; noted in `used`."""
    if name.casefold() in used:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem}-{serial}{dot}{ending}"
    used.add(name.casefold())
    return name
