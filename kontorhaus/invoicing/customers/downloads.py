"""The files of a customer's invoices: slow where one was never rendered, so outside transactions.

pdf(resources, caller, *, invoice) -> File
archive(resources, caller, *, party_id, wanted) -> Iterator[bytes]
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing.artefacts import File
from kontorhaus.invoicing.customers import archive as archives
from kontorhaus.invoicing.customers import queries, rules
from kontorhaus.invoicing.customers.archive import Member
from kontorhaus.invoicing.customers.model import CustomerInvoice, Filed, Filter
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin

_PAGE = 500


def pdf(resources: Resources, caller: Caller, *, invoice: CustomerInvoice) -> File:
    """The PDF of a customer's invoice, the same bytes that the seller has."""
    return artefacts.fetch(
        resources, caller, public_id=invoice.public_id, kind=rules.readable(invoice.export_type)
    )


def archive(
    resources: Resources, caller: Caller, *, party_id: PartyId, wanted: Filter = queries.EVERY
) -> Generator[bytes, None, None]:
    """A ZIP of the PDFs of a customer's invoices, newest first, made while it is read.

    NotFound("not_found") if there is no such invoice.
    """
    page = _page(resources, caller, party_id, wanted, None)
    if not page:
        raise rules.not_found()
    return archives.blocks(_members(resources, caller, party_id, wanted, page))


def _members(
    resources: Resources, caller: Caller, party_id: PartyId, wanted: Filter, page: list[Filed]
) -> Iterator[Member]:
    used: set[str] = set()
    while page:
        for filed in page:
            name, content = _file(resources, caller, filed)
            yield rules.unique(name, filed.serial, used), filed.invoice_date, content
        page = _page(resources, caller, party_id, wanted, page[-1]) if len(page) == _PAGE else []


def _file(resources: Resources, caller: Caller, filed: Filed) -> tuple[str, bytes]:
    """Name and content of a PDF; what was never rendered is rendered now."""
    if filed.sha256 is not None:
        return artefacts.pdf_name(filed.number), resources.blobs.get(filed.sha256)
    made = artefacts.fetch(
        resources, caller, public_id=filed.public_id, kind=rules.readable(filed.export_type)
    )
    return made.name, made.content


def _page(
    resources: Resources, caller: Caller, party_id: PartyId, wanted: Filter, after: Filed | None
) -> list[Filed]:
    with begin(resources.database, caller, read_only=True) as work:
        return queries.filed(work, party_id=party_id, wanted=wanted, after=after, limit=_PAGE)
