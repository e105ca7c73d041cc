"""The JSON shapes of what is asked about documents: new ones, changes, lists, files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from kontorhaus.invoicing import model
from kontorhaus.invoicing.purpose.model import Purpose
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.billing.contacts.wire import (
    Country,
    Long,
    Name,
    Number,
    Page,
    Short,
    absent,
)
from kontorhaus.surfaces.billing.documents import agreement
from kontorhaus.surfaces.billing.products.wire import LineType
from kontorhaus.surfaces.conventions import fields

TaxCase = Literal[
    "pv-zero", "exempt", "exempt-with-input", "export", "third-country-service", "not-taxable"
]
InvoiceType = Literal["standard", "partial", "final", "correction", "credit-note"]
Text = Annotated[str, fields.text(0, 10_000)]

_ID = re.compile(r"[A-Za-z0-9]{10}", re.ASCII)
_SORTS = {"createdAt": "created_at", "date": "document_date"}
# Fields of a request that go into the content, by their names there.
_CONTENT = {
    "date": "document_date",
    "service_date": "service_date",
    "service_date_end": "service_date_end",
    "service_date_type": "service_date_type",
    "introduction": "introduction",
    "notes": "notes",
    "language": "language",
    "price_layout": "price_layout",
    "discount_rate": "discount_rate",
    "vat_regulation": "vat_regulation",
    "export_type": "export_type",
}


class ClientInput(fields.CamelIn):
    """A recipient who need not be a contact."""

    name: Name
    name2: Short | None = None
    client_number: Number | None = None
    address1: Short | None = None
    address2: Short | None = None
    address3: Short | None = None
    country_code: Country | None = None
    contact_person: Short | None = None
    email: fields.Email | None = None
    phone: Number | None = None
    tax_number: Number | None = None


class LineInput(fields.CamelIn):
    """A line; exactly one of the two prices, negative for a deduction.

    `type` (else the product's) and `relatedId` tell the customer's programs what it is for; of type
    Donation it may name its donator.
    """

    title: Annotated[str, fields.text(1, 500)]
    title2: Long | None = None
    product_id: Number | None = None
    quantity: fields.Quantity = Decimal(1)
    unit: Annotated[str, fields.text(0, 20)] | None = None
    net_price: fields.Price | None = None
    gross_price: fields.Price | None = None
    vat_rate: fields.Percent | None = None
    tax_case: TaxCase | None = None
    parent_line: Annotated[int, fields.whole(1, 1000)] | None = None
    type: LineType | None = None
    related_id: Annotated[int, fields.whole(1)] | None = None
    donator_name: Short | None = None
    donator_text: Long | None = None


class DocumentFields(agreement.AgreementFields):
    """What a new document and a change of one may both say."""

    service_date: fields.Day | None = None
    service_date_end: fields.Day | None = None
    service_date_type: model.ServiceDateType | None = None
    client: ClientInput | None = None
    client_id: Number | None = None
    introduction: Text | None = None
    notes: Text | None = None


class DocumentInput(DocumentFields):
    """A new document."""

    type: model.DocumentType
    number: Annotated[str, fields.text(1, 50)] | None = None
    date: fields.Day | None = None
    lines: Annotated[list[LineInput], Field(min_length=1, max_length=1000)]
    language: model.Language = "de"
    price_layout: model.PriceLayout = absent()
    discount_rate: fields.Percent = Decimal(0)
    vat_regulation: model.VatRegulation = "standard"
    export_type: model.ExportType = "pdf"
    finalized: bool = False
    parent_id: Number | None = None
    invoice_type: InvoiceType = "standard"


class DocumentChange(DocumentFields):
    """A change of a document; what is left out stays."""

    date: fields.Day = absent()
    lines: Annotated[list[LineInput], Field(min_length=1, max_length=1000)] = absent()
    language: model.Language = absent()
    price_layout: model.PriceLayout = absent()
    discount_rate: fields.Percent = absent()
    vat_regulation: model.VatRegulation = absent()
    export_type: model.ExportType = absent()
    finalized: bool = absent()
    paid: bool = absent()
    paid_date: fields.Day | None = None
    paid_notes: Long | None = None
    sent: bool = absent()
    sent_date: fields.Day | None = None
    sent_notes: Long | None = None
    custom_status: bool = absent()
    custom_status_date: fields.Day | None = None
    custom_status_name: Short | None = None
    custom_status_notes: Long | None = None


class CancellationInput(fields.CamelIn):
    """Why an invoice is cancelled."""

    cancellation_reason: Annotated[str, fields.text(0, 1000)] | None = None


class DocumentQuery(Page):
    """Which documents are wanted, in which order."""

    type: model.DocumentType | None = None
    first: fields.Day | None = Field(default=None, alias="from")
    last: fields.Day | None = Field(default=None, alias="to")
    paid: bool | None = None
    sent: bool | None = None
    finalized: bool | None = None
    cancelled: bool | None = None
    client_id: str | None = None
    sort: str = "-createdAt"


class FileQuery(fields.Query):
    """How a browser shall treat the file."""

    disposition: Literal["attachment", "inline"] = "attachment"


def new_document(
    body: DocumentInput, *, today: date, resources: Resources | None = None
) -> model.NewDocument:
    """The document that a body asks for; Invalid for files where there is no place for them."""
    if resources is None and body.attachments:
        raise Invalid("attachments", "A run takes no files along.", field="attachments")
    _check_client(body)
    content = model.Content(
        document_date=body.date or today,
        client=_client(body.client) if body.client else None,
        lines=tuple(_line(line) for line in body.lines),
        form=body.invoice_type,
    )
    given = fields.sent(body) | (agreement.taken_in(body, resources) if resources else {})
    return model.NewDocument(
        type=body.type,
        content=_content(content, given),
        number=body.number,
        client_id=body.client_id,
        finalized=body.finalized,
        parent_id=body.parent_id,
        said=frozenset(given),
    )


def change(body: DocumentChange, *, resources: Resources) -> model.DocumentChange:
    """The change that a body asks for; Invalid if it names nothing."""
    given = fields.sent(body) | agreement.taken_in(body, resources)
    if not given:
        raise Invalid("no_changes", "Name at least one field to change.", field="")
    _check_client(body)
    return model.DocumentChange(
        fields=frozenset(type(body).model_fields[name].alias or name for name in given),
        content=lambda before: _content(before, given),
        client_id=body.client_id,
        finalized=given.get("finalized"),
        paid=model.MarkChange(given.get("paid"), body.paid_date, given.get("paid_notes")),
        sent=model.MarkChange(given.get("sent"), body.sent_date, given.get("sent_notes")),
        custom=model.MarkChange(
            given.get("custom_status"),
            body.custom_status_date,
            given.get("custom_status_notes"),
            given.get("custom_status_name"),
        ),
    )


def _check_client(body: DocumentFields) -> None:
    if body.client is not None and body.client_id is not None:
        raise Invalid("client", "client and clientId exclude each other.", field="clientId")


def _content(before: model.Content, given: dict[str, Any]) -> model.Content:
    """The content with the fields that were sent; an empty text or null clears."""
    values: dict[str, Any] = {
        name: given[sent] if given[sent] != "" else None
        for sent, name in _CONTENT.items()
        if sent in given
    }
    if values.get("document_date", before) is None:
        del values["document_date"]
    if "service_date_end" in values and "service_date_type" not in values:
        values["service_date_type"] = None
    if "lines" in given:
        values["lines"] = tuple(_line(line) for line in given["lines"])
    if "client" in given:
        values["client"] = _client(given["client"]) if given["client"] else None
    values["agreement"] = agreement.changed(before.agreement, given)
    return replace(before, **values)


def _client(given: ClientInput) -> model.Client:
    values: dict[str, Any] = {name: value or None for name, value in given.model_dump().items()}
    return model.Client(**values)


def _line(given: LineInput) -> model.Line:
    return model.Line(
        title=given.title,
        title2=given.title2 or None,
        product_id=given.product_id,
        quantity=given.quantity,
        unit=given.unit or None,
        net_price=given.net_price,
        gross_price=given.gross_price,
        vat_rate=given.vat_rate,
        tax_case=given.tax_case,
        parent_line=given.parent_line,
        purpose=Purpose(
            type=given.type or None,
            related_id=given.related_id,
            donator_name=given.donator_name or None,
            donator_text=given.donator_text or None,
        ),
    )


def checked_id(text: str) -> str:
    """An id in its form; Invalid if it has another."""
    if not _ID.fullmatch(text):
        raise Invalid("invalid_input", "An id has ten letters and digits.", field="id")
    return text


def wanted(query: DocumentQuery) -> model.Filter:
    """The filter that a query asks for; Invalid for an order that there is not."""
    names = query.sort.split(",")
    if any(name.removeprefix("-") not in _SORTS for name in names):
        raise Invalid(
            "sort", "Sort by createdAt or date, each with - for descending.", field="sort"
        )
    return model.Filter(
        type=query.type,
        first_day=query.first,
        last_day=query.last,
        paid=query.paid,
        sent=query.sent,
        finalized=query.finalized,
        cancelled=query.cancelled,
        client_id=query.client_id,
        order=tuple(
            ("-" if name.startswith("-") else "") + _SORTS[name.removeprefix("-")] for name in names
        ),
    )
