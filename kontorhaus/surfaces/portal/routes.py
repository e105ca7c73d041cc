"""The operations of the portal: a customer's own invoices, each one translation."""

from __future__ import annotations

from typing import Protocol

from kontorhaus.invoicing.customers import actions, downloads, queries
from kontorhaus.invoicing.customers.model import CustomerInvoice
from kontorhaus.kernel.errors import Denied
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions.answers import Answer, Binary, Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.portal import wire
from kontorhaus.surfaces.portal.language import accepted
from kontorhaus.surfaces.portal.surface import portal

__all__ = ["portal"]

_SCOPE = "access_invoices"
_TAGS = ("invoices",)
_LANGUAGE = "Content-Language"


@portal.get(
    "/client/invoices",
    scope=_SCOPE,
    refusals=(401, 403, 422),
    answer=wire.Invoices,
    tags=_TAGS,
)
def list_invoices(call: Call, query: wire.InvoiceQuery) -> Answer:
    """List one's invoices, newest first."""
    party_id, limit = _customer(call), query.per_page or query.limit
    found, total = call.read(
        lambda work: queries.invoices(
            work, party_id=party_id, wanted=wire.wanted(query), limit=limit, offset=query.offset
        )
    )
    reader = _reader(call)
    rows = [wire.invoice(one, reader) for one in found]
    return _spoken(wire.Invoices(data=rows, total=total), reader)


@portal.get(
    "/client/invoices/{id}",
    scope=_SCOPE,
    refusals=(401, 403, 404),
    answer=wire.OneInvoice,
    tags=_TAGS,
)
def get_invoice(call: Call, id: str) -> Answer:
    """Get an invoice."""
    party_id, serial = _customer(call), wire.serial(id)
    found = call.read(lambda work: queries.invoice(work, party_id=party_id, serial=serial))
    reader = _reader(call)
    return _spoken(wire.OneInvoice(data=wire.invoice(found, reader)), reader)


@portal.get(
    "/client/invoices/{id}/download",
    scope=_SCOPE,
    refusals=(401, 403, 404),
    answer=Binary,
    media_type="application/pdf",
    tags=_TAGS,
)
def download_invoice(call: Call, id: str) -> Binary:
    """Download the PDF of an invoice, the same that the seller has, in the language it has."""
    party_id, serial = _customer(call), wire.serial(id)
    found = call.read(lambda work: queries.invoice(work, party_id=party_id, serial=serial))
    file = downloads.pdf(call.resources, call.caller, invoice=found)
    return Binary(file.content, file.media_type, file.name, headers={_LANGUAGE: found.language})


@portal.get(
    "/client/invoices/download/archive",
    scope=_SCOPE,
    refusals=(401, 403, 404, 422),
    answer=Binary,
    media_type="application/zip",
    tags=_TAGS,
)
def download_archive(call: Call, query: wire.WhichInvoices) -> Binary:
    """Download the PDFs of one's invoices as a ZIP archive, all or those of the query.

    It is made while it is sent; 404 where there is none.
    """
    blocks = downloads.archive(
        call.resources, call.caller, party_id=_customer(call), wanted=wire.wanted(query)
    )
    language = _reader(call).language
    return Binary(blocks, "application/zip", wire.ARCHIVE[language], headers={_LANGUAGE: language})


@portal.post(
    "/client/invoices/{id}/pay",
    scope=_SCOPE,
    status=200,
    refusals=(401, 403, 404, 409, 422),
    answer=wire.OneInvoice,
    tags=_TAGS,
)
def pay_invoice(call: Call, id: str, body: wire.NamedInvoice | None = None) -> Reply:
    """Pay an invoice with one's credit, as far as it reaches.

    It is booked at once; 409 where nothing is open or there is no credit.
    """
    return _changed(call, id, body, actions.pay)


@portal.post(
    "/client/invoices/{id}/remove-credit",
    scope=_SCOPE,
    status=200,
    refusals=(401, 403, 404, 409, 422),
    answer=wire.OneInvoice,
    tags=_TAGS,
)
def remove_credit(call: Call, id: str, body: wire.NamedInvoice | None = None) -> Reply:
    """Take applied credit back from an unpaid invoice; 409 on a paid or cancelled one."""
    return _changed(call, id, body, actions.remove_credit)


class _Change(Protocol):
    def __call__(self, work: Work, *, party_id: PartyId, serial: int) -> CustomerInvoice:
        """What a customer does with one of its invoices."""


def _changed(call: Call, number: str, body: wire.NamedInvoice | None, change: _Change) -> Reply:
    party_id, serial, reader = _customer(call), wire.serial(number), _reader(call)
    wire.check_named(body, serial)
    return call.write(
        lambda work: _spoken(
            wire.OneInvoice(
                data=wire.invoice(change(work, party_id=party_id, serial=serial), reader)
            ),
            reader,
        )
    )


def _customer(call: Call) -> PartyId:
    """The customer whose token it is; Denied("forbidden") for one of nobody in particular."""
    if call.principal.party_id is None:
        raise Denied("forbidden", "This token belongs to no customer.")
    return call.principal.party_id


def _reader(call: Call) -> wire.Reader:
    return wire.Reader(
        language=accepted(call.header("accept-language")),
        time_zone=call.principal.time_zone,
        today=call.today,
        place=f"{call.resources.config.public_url}{portal.base}",
    )


def _spoken(value: object, reader: wire.Reader) -> Answer:
    return Answer(value, headers={_LANGUAGE: reader.language})
