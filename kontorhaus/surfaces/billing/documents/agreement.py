"""The JSON shapes of what was agreed: references, delivery, payment, and how it is written."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from kontorhaus.invoicing.agreement import media, model
from kontorhaus.invoicing.making import enclosing
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.conventions import fields

Reference = Annotated[str, fields.text(0, 200)]

# Fields of a request by their names in the agreement, and what clears them.
_PLAIN: Mapping[str, tuple[str, object]] = {
    "buyer_reference": ("buyer_reference", ""),
    "order_reference": ("order", ""),
    "contract_reference": ("contract", ""),
    "project_reference": ("project", ""),
    "despatch_advice": ("despatch_advice", ""),
    "receiving_advice": ("receiving_advice", ""),
    "due_date": ("due_date", None),
    "payment_days": ("payment_days", None),
    "syntax": ("syntax", "ubl"),
    "profile": ("profile", None),
}


class DeliveryAddress(fields.CamelIn):
    """Where the goods go, if not to the client."""

    name: Annotated[str, fields.text(0, 200)] | None = None
    lines: Annotated[list[Annotated[str, fields.text(1, 200)]], Field(min_length=1, max_length=3)]
    country_code: fields.CountryCode


class CashDiscount(fields.CamelIn):
    """Skonto: percent off for a payment within so many days of the document date."""

    days: Annotated[int, fields.whole(0, 365)]
    percent: fields.Percent


class PaymentMeans(fields.CamelIn):
    """How an invoice is paid; a direct debit names its mandate, creditor and account."""

    type: Literal["transfer", "direct-debit"]
    mandate: Annotated[str, fields.text(1, 35)] | None = None
    creditor_id: Annotated[str, fields.text(1, 50)] | None = None
    iban: Annotated[str, fields.text(1, 50)] | None = None


class AttachmentInput(fields.CamelIn):
    """A file that goes along, its content in base64."""

    file_name: Annotated[str, fields.text(1, 100)]
    content: Annotated[str, fields.text(1, 2 * 1024 * 1024)]
    description: Annotated[str, fields.text(0, 200)] | None = None


class AgreementFields(fields.CamelIn):
    """What a document may say beyond its lines; null clears."""

    buyer_reference: Reference | None = None
    order_reference: Reference | None = None
    contract_reference: Reference | None = None
    project_reference: Reference | None = None
    despatch_advice: Reference | None = None
    receiving_advice: Reference | None = None
    delivery_address: DeliveryAddress | None = None
    due_date: fields.Day | None = None
    payment_days: Annotated[int, fields.whole(0, 999)] | None = None
    skonto: list[CashDiscount] | None = None
    payment_means: PaymentMeans | None = None
    attachments: Annotated[list[AttachmentInput], Field(max_length=media.MOST)] | None = None
    syntax: model.Syntax | None = None
    profile: model.Profile | None = None


def changed(before: model.Agreement, given: Mapping[str, Any]) -> model.Agreement:
    """The agreement with the fields that were sent; an empty text or null clears. Invalid."""
    values: dict[str, Any] = {
        name: given[sent] or empty if given[sent] != 0 else 0
        for sent, (name, empty) in _PLAIN.items()
        if sent in given
    }
    if "delivery_address" in given:
        values["delivery"] = _delivery(given["delivery_address"])
    if "skonto" in given:
        values["discounts"] = tuple(
            model.CashDiscount(each.days, each.percent) for each in given["skonto"] or ()
        )
    if "payment_means" in given:
        values["direct_debit"] = _direct_debit(given["payment_means"])
    if "attachments" in given:
        values["attachments"] = tuple(given["attachments"] or ())
    return replace(before, **values)


def taken_in(body: AgreementFields, resources: Resources) -> dict[str, Any]:
    """The files of a body, stored, in place of their contents; Invalid names the one at fault."""
    if "attachments" not in body.model_fields_set:
        return {}
    stored = [_stored(place, each, resources) for place, each in enumerate(body.attachments or ())]
    return {"attachments": stored}


def _stored(place: int, given: AttachmentInput, resources: Resources) -> model.Attachment:
    field = f"attachments[{place}]"
    try:
        content = base64.b64decode(given.content, validate=True)
    except ValueError as error:
        raise Invalid("attachment", "This is no base64.", field=f"{field}.content") from error
    try:
        return enclosing.take_in(
            resources,
            name=given.file_name,
            content=content,
            description=given.description or "",
        )
    except Invalid as refusal:
        raise Invalid(refusal.code, refusal.message, field=field) from refusal


def _delivery(given: DeliveryAddress | None) -> model.DeliveryAddress | None:
    if given is None:
        return None
    return model.DeliveryAddress(tuple(given.lines), given.country_code, given.name or "")


def _direct_debit(given: PaymentMeans | None) -> model.DirectDebit | None:
    if given is None:
        return None
    named = {"mandate": given.mandate, "creditorId": given.creditor_id, "iban": given.iban}
    is_debit = given.type == "direct-debit"
    for name, value in named.items():
        if bool(value) != is_debit:
            raise Invalid(
                "payment_means",
                "A direct-debit needs mandate, creditorId and iban; a transfer has none of them.",
                field=f"paymentMeans.{name}",
            )
    if not (given.mandate and given.creditor_id and given.iban):
        return None
    return model.DirectDebit(given.mandate, given.creditor_id, given.iban)


class ShownDeliveryAddress(fields.CamelOut):
    """Where the goods go."""

    name: str | None
    lines: list[str]
    country_code: str


class ShownCashDiscount(fields.CamelOut):
    """A step of skonto."""

    days: int
    percent: fields.Percent


class ShownPaymentMeans(fields.CamelOut):
    """How an invoice is paid."""

    type: Literal["transfer", "direct-debit"]
    mandate: str | None
    creditor_id: str | None
    iban: str | None


class ShownAttachment(fields.CamelOut):
    """A file that goes along."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    description: str | None


class Agreement(fields.CamelOut):
    """What a document says beyond its lines."""

    buyer_reference: str | None
    order_reference: str | None
    contract_reference: str | None
    project_reference: str | None
    despatch_advice: str | None
    receiving_advice: str | None
    delivery_address: ShownDeliveryAddress | None
    due_date: fields.Day | None
    payment_days: int | None
    skonto: list[ShownCashDiscount]
    payment_means: ShownPaymentMeans
    attachments: list[ShownAttachment]
    syntax: model.Syntax
    profile: model.Profile | None


def shown(agreement: model.Agreement) -> dict[str, Any]:
    """The fields of an agreement as this API shows them."""
    delivery, debit = agreement.delivery, agreement.direct_debit
    return {
        **{sent: getattr(agreement, name) or None for sent, (name, _) in _PLAIN.items()},
        "payment_days": agreement.payment_days,
        "delivery_address": ShownDeliveryAddress(
            name=delivery.name or None,
            lines=list(delivery.lines),
            country_code=delivery.country_code,
        )
        if delivery
        else None,
        "skonto": [
            ShownCashDiscount(days=each.days, percent=each.percent) for each in agreement.discounts
        ],
        "payment_means": ShownPaymentMeans(
            type="direct-debit" if debit else "transfer",
            mandate=debit.mandate if debit else None,
            creditor_id=debit.creditor_id if debit else None,
            iban=debit.iban if debit else None,
        ),
        "attachments": [
            ShownAttachment(
                file_name=each.name,
                media_type=each.media_type,
                size=each.size,
                sha256=each.sha256,
                description=each.description or None,
            )
            for each in agreement.attachments
        ],
    }
