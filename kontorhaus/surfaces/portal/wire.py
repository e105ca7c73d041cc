"""The JSON shapes of the portal: never null where a public client does not expect it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, ClassVar, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from kontorhaus.invoicing.customers import model, wording
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.phrase import Phrase
from kontorhaus.surfaces.conventions import fields

# Nobody has paid: a day that every language of programs can read.
_NEVER = "0001-01-01T00:00:00.000000Z"
# A draft is known as a word, but never listed.
_STATUSES = {word.casefold(): word for word in ("Draft", *get_args(model.Status))}
_TRUTHS = {"1": True, "0": False, "true": True, "false": False}
_LARGEST_SERIAL = 2**53
ARCHIVE = {"de": "Rechnungen.zip", "en": "invoices.zip"}

Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


def _status(word: str) -> str:
    if word and word.casefold() not in _STATUSES:
        raise fields.refused(Phrase("is none of %(words)s", words=", ".join(_STATUSES.values())))
    return word


def _truth(value: object) -> object:
    return _TRUTHS.get(value.lower(), value) if isinstance(value, str) else value


class WhichInvoices(fields.Query):
    """Which invoices; words compare without case, and a second question mark reads as ampersand."""

    also_ampersand: ClassVar[tuple[bytes, ...]] = (b"?", b"%3F", b"%3f")

    status: Annotated[str, fields.text(0, 50), AfterValidator(_status)] | None = None
    type: Annotated[str, fields.text(0, 50)] | None = None
    transactions: Annotated[bool, BeforeValidator(_truth)] | None = None


class InvoiceQuery(WhichInvoices):
    """Which invoices, and which page of them; `per_page` is another name of `limit`."""

    per_page: Annotated[int, fields.whole(1, 1000)] | None = None
    limit: Annotated[int, fields.whole(1, 1000)] = 15
    offset: Annotated[int, fields.whole(0, None)] = 0


class NamedInvoice(fields.LaxIn):
    """The invoice of the path once more, or nothing; an empty array is nothing, too."""

    id: Annotated[int, fields.whole(1, None)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _emptied(cls, given: Any) -> Any:
        return {} if given == [] else given


class Transaction(fields.Out):
    """Money that came in for an invoice."""

    id: int
    invoiceid: int
    gateway: model.Gateway
    diff_for_humans: str
    description: str
    amountin: fields.Money
    amountout: fields.Money
    date: Instant


class Item(fields.Out):
    """A line, its amount gross; `relid` is 0 without a contract."""

    id: int
    invoiceid: int
    type: str
    short_description: str
    description: str
    relid: int
    amount: fields.Money
    taxed: Literal[0, 1]
    donation: bool


class Donation(Item):
    """A line that is a donation."""

    donator_name: str | None
    donator_text: str | None


class Links(fields.Out):
    """Where the invoice and its PDF are."""

    invoice: str
    download: str


class Invoice(fields.Out):
    """An invoice; `credit` was applied to it and is not taken off `total`."""

    id: int
    duedate: Instant
    datepaid: Instant
    date: Instant
    subtotal: fields.Money
    credit: fields.Money
    tax: fields.Money
    taxrate: fields.Percent
    total: fields.Money
    status: model.Status
    status_label: str
    is_open: bool
    items: list[Donation | Item]
    donation_invoice: bool
    resources: Links


class PaidInvoice(Invoice):
    """An invoice that was paid, with the latest payment."""

    transaction: Transaction


class OneInvoice(fields.Out):
    """One invoice."""

    data: PaidInvoice | Invoice


class Invoices(fields.Out):
    """A page of invoices and how many there are of these."""

    data: list[PaidInvoice | Invoice]
    total: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom an invoice is put into words: language, zone of the seller, today there.

    `place` is the address of the portal.
    """

    language: Literal["de", "en"]
    time_zone: str
    today: date
    place: str


def wanted(query: WhichInvoices) -> model.Filter:
    """Which invoices a query asks for."""
    return model.Filter(
        status=query.status or None,
        type=query.type or None,
        with_payments=query.transactions or False,
    )


def serial(text: str) -> int:
    """The number of an invoice as the path has it; NotFound for any other text."""
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > _LARGEST_SERIAL:
        raise NotFound("not_found", "There is no such invoice.")
    return int(text)


def check_named(body: NamedInvoice | None, number: int) -> None:
    """Invalid where the body names another invoice than the path."""
    if body is not None and body.id not in (None, number):
        raise Invalid("invalid_input", "is not the invoice of the address", field="id")


def invoice(found: model.CustomerInvoice, reader: Reader) -> Invoice:
    """An invoice as a customer's program reads it; only a paid one shows its payment."""
    place = f"{reader.place}/client/invoices/{found.serial}"
    shown: dict[str, Any] = {
        "id": found.serial,
        "duedate": _midnight(found.due_date, reader),
        "datepaid": _midnight(found.paid_on, reader) if found.paid_on else _NEVER,
        "date": _midnight(found.invoice_date, reader),
        "subtotal": found.net,
        "credit": found.credit,
        "tax": found.tax,
        "taxrate": found.rate,
        "total": found.gross,
        "status": found.status,
        "status_label": wording.status_label(found.status, reader.language),
        "is_open": found.is_open,
        "items": [_item(found.serial, item) for item in found.items],
        "donation_invoice": found.has_donation,
        "resources": Links(invoice=place, download=f"{place}/download"),
    }
    if found.payment is None or found.status != "Paid":
        return Invoice(**shown)
    return PaidInvoice(**shown, transaction=_transaction(found, found.payment, reader))


def _item(number: int, found: model.Item) -> Item:
    shown: dict[str, Any] = {
        "id": found.id,
        "invoiceid": number,
        "type": found.type,
        "short_description": found.title,
        "description": found.text,
        "relid": found.related_id,
        "amount": found.amount,
        "taxed": 1 if found.is_taxed else 0,
        "donation": found.is_donation,
    }
    if not found.is_donation:
        return Item(**shown)
    return Donation(**shown, donator_name=found.donator_name, donator_text=found.donator_text)


def _transaction(
    found: model.CustomerInvoice, payment: model.Payment, reader: Reader
) -> Transaction:
    return Transaction(
        id=payment.id,
        invoiceid=found.serial,
        gateway=payment.gateway,
        diff_for_humans=wording.time_since(payment.day, reader.today, reader.language),
        description=wording.payment_text(payment.gateway, found.number, reader.language),
        amountin=payment.amount,
        amountout=Money.zero(),
        date=_midnight(payment.day, reader),
    )


def _midnight(day: date, reader: Reader) -> str:
    """The beginning of a day where the seller sits, written in UTC with microseconds."""
    begun = datetime.combine(day, time.min, ZoneInfo(reader.time_zone)).astimezone(UTC)
    return f"{begun.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
