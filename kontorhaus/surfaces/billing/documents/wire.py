"""The JSON shapes of documents as they are answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from kontorhaus.invoicing import model
from kontorhaus.invoicing.artefacts import File
from kontorhaus.surfaces.billing.documents import agreement
from kontorhaus.surfaces.billing.documents.input import DocumentQuery, FileQuery, InvoiceType
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.answers import Binary

INVOICE_TYPES: Mapping[model.Form, InvoiceType] = {
    "standard": "standard",
    "partial": "partial",
    "final": "final",
    "correction": "correction",
    "credit-note": "credit-note",
}
Relation = Literal["parent", "successor", "cancellation"]


class Client(fields.CamelOut):
    """The recipient as the document keeps it; `id` is the contact it was taken from."""

    id: str | None
    name: str
    name2: str | None
    client_number: str | None
    address1: str | None
    address2: str | None
    address3: str | None
    country_code: str | None
    contact_person: str | None
    email: str | None
    phone: str | None
    tax_number: str | None


class Line(fields.CamelOut):
    """A line with its net amount."""

    title: str
    title2: str | None
    product_id: str | None
    quantity: fields.Quantity
    unit: str | None
    net_price: fields.Price
    gross_price: fields.Price | None
    vat_rate: fields.Percent
    net_amount: fields.Money
    tax_case: str | None
    parent_line: int | None
    type: str | None
    related_id: int | None
    donator_name: str | None
    donator_text: str | None


class Reference(fields.Out):
    """Another document that belongs to this one."""

    id: str
    type: str
    number: str
    relation: Relation


class DownPayment(fields.CamelOut):
    """What a partial invoice takes off a final one, for one rate."""

    number: str
    date: fields.Day
    vat_rate: fields.Percent
    net_amount: fields.Money
    vat_amount: fields.Money
    total_amount: fields.Money


class DocumentRow(fields.CamelOut):
    """A document as the list shows it."""

    id: str
    type: model.DocumentType
    number: str
    date: fields.Day
    client: Client
    currency: str
    net_amount: fields.Money
    vat_amount: fields.Money
    total_amount: fields.Money
    export_type: model.ExportType
    paid: bool
    paid_date: fields.Day | None
    sent: bool
    sent_date: fields.Day | None
    custom_status: bool
    custom_status_name: str | None
    finalized: bool
    finalized_date: fields.Day | None
    cancelled: bool
    cancelled_date: fields.Day | None
    parent_id: str | None
    created_at: datetime


class Document(DocumentRow, agreement.Agreement):
    """A document with all it says and what it amounts to."""

    service_date: fields.Day | None
    service_date_end: fields.Day | None
    service_date_type: model.ServiceDateType | None
    lines: list[Line]
    introduction: str | None
    notes: str | None
    price_layout: model.PriceLayout
    vat_regulation: model.VatRegulation
    discount_rate: fields.Percent
    references: list[Reference]
    paid_notes: str | None
    sent_notes: str | None
    custom_status_date: fields.Day | None
    custom_status_notes: str | None
    cancellation_reason: str | None
    language: model.Language
    invoice_type: InvoiceType | None
    down_payments: list[DownPayment]
    payable_amount: fields.Money


class Documents(fields.CamelOut):
    """A page of documents."""

    results: list[DocumentRow]
    total: int
    limit: int
    skip: int
    has_more: bool


def document(found: model.Document) -> Document:
    """A document as this API shows it."""
    content = found.content
    return Document(
        **_common(found),
        **agreement.shown(content.agreement),
        service_date=content.service_date,
        service_date_end=content.service_date_end,
        service_date_type=content.service_date_type,
        lines=[_priced(line) for line in found.totals.lines],
        introduction=content.introduction,
        notes=content.notes,
        price_layout=content.price_layout,
        vat_regulation=content.vat_regulation,
        discount_rate=content.discount_rate,
        references=list(references(found)),
        paid_notes=found.paid.notes if found.paid else None,
        sent_notes=found.sent.notes if found.sent else None,
        custom_status_date=found.custom.day if found.custom else None,
        custom_status_notes=found.custom.notes if found.custom else None,
        cancellation_reason=found.cancellation.reason if found.cancellation else None,
        language=content.language,
        invoice_type=INVOICE_TYPES.get(content.form) if found.type == "invoice" else None,
        down_payments=[_down_payment(each) for each in found.totals.deductions],
        payable_amount=found.totals.payable,
    )


def _down_payment(each: model.Deduction) -> DownPayment:
    return DownPayment(
        number=each.number,
        date=each.document_date,
        vat_rate=each.rate,
        net_amount=each.net,
        vat_amount=each.tax,
        total_amount=each.gross,
    )


def references(found: model.Document) -> Iterator[Reference]:
    """Its parent, what it was turned into, and what cancelled it: that lies under its own id."""
    if found.parent:
        yield _reference(found.parent, "parent")
    for each in found.successors:
        yield _reference(each, "successor")
    if found.cancellation:
        yield Reference(
            id=found.public_id,
            type=found.type,
            number=found.cancellation.number,
            relation="cancellation",
        )


def _reference(other: model.Reference, relation: Relation) -> Reference:
    return Reference(id=other.public_id, type=other.type, number=other.number, relation=relation)


def documents(found: tuple[list[model.Document], int], query: DocumentQuery) -> Documents:
    """A page of documents as this API lists them."""
    rows, total = found
    return Documents(
        results=[DocumentRow(**_common(row)) for row in rows],
        total=total,
        limit=query.limit,
        skip=query.skip,
        has_more=query.skip + len(rows) < total,
    )


def _common(found: model.Document) -> dict[str, Any]:
    """What a row and the whole document both show."""
    sums = found.totals
    return {
        "id": found.public_id,
        "type": found.type,
        "number": found.shown_number,
        "date": found.content.document_date,
        "client": _shown_client(found.content.client),
        "currency": sums.gross.currency,
        "net_amount": sums.net,
        "vat_amount": sums.tax,
        "total_amount": sums.gross,
        "export_type": found.content.export_type,
        "paid": found.paid is not None,
        "paid_date": found.paid.day if found.paid else None,
        "sent": found.sent is not None,
        "sent_date": found.sent.day if found.sent else None,
        "custom_status": found.custom is not None,
        "custom_status_name": found.custom.name if found.custom else None,
        "finalized": found.finalized_at is not None,
        "finalized_date": found.finalized_date,
        "cancelled": found.cancellation is not None,
        "cancelled_date": found.cancellation.cancelled_date if found.cancellation else None,
        "parent_id": found.parent.public_id if found.parent else None,
        "created_at": found.created_at,
    }


def _shown_client(client: model.Client | None) -> Client:
    said = client or model.Client(name="")
    return Client(
        id=said.contact_id,
        name=said.name,
        name2=said.name2,
        client_number=said.client_number,
        address1=said.address1,
        address2=said.address2,
        address3=said.address3,
        country_code=said.country_code,
        contact_person=said.contact_person,
        email=said.email,
        phone=said.phone,
        tax_number=said.tax_number,
    )


def _priced(priced: model.PricedLine) -> Line:
    line = priced.line
    return Line(
        title=line.title,
        title2=line.title2,
        product_id=line.product_id,
        quantity=line.quantity,
        unit=line.unit,
        net_price=priced.unit_net,
        gross_price=line.gross_price,
        vat_rate=line.vat_rate or priced.rate,
        net_amount=priced.net,
        tax_case=line.tax_case,
        parent_line=line.parent_line,
        type=line.purpose.type,
        related_id=line.purpose.related_id,
        donator_name=line.purpose.donator_name,
        donator_text=line.purpose.donator_text,
    )


def file(found: File, query: FileQuery) -> Binary:
    """A file as this API hands it out."""
    return Binary(found.content, found.media_type, found.name, inline=query.disposition == "inline")
