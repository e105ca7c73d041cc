"""The JSON shapes of the company and of what it has used."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from kontorhaus.identity.model import Profile
from kontorhaus.invoicing import quota
from kontorhaus.surfaces.conventions import fields


class Health(fields.Out):
    """That the API answers."""

    status: Literal["ok"]


class Usage(fields.CamelOut):
    """Documents made in the present calendar month; without a quota the two limits are null."""

    status: Literal["active", "inactive"]
    max_documents: int | None
    used_documents: int
    remaining_documents: int | None
    unlimited_documents: bool


class CompanyAddress(fields.Out):
    """The address lines of the company."""

    line1: str
    line2: str
    line3: str


class LegalInfo(fields.CamelOut):
    """Who stands for the company, and two lines for the register."""

    ceo: str
    custom_line1: str
    custom_line2: str


class ContactInfo(fields.CamelOut):
    """How the company is reached."""

    email: str
    phone: str
    custom_line1: str
    custom_line2: str


class PaymentInfo(fields.CamelOut):
    """Where the company is paid."""

    iban: str
    bic: str
    bank_name: str
    custom_line1: str
    custom_line2: str


class TaxNumber(fields.Out):
    """A number of the company at a tax office."""

    description: str
    number: str


class Vat(fields.CamelOut):
    """How the company taxes: its rates in percent, and § 19 UStG."""

    name: str
    rates: list[fields.Percent]
    default: fields.Percent
    small_trader: bool
    small_trader_description: str


class Company(fields.CamelOut):
    """The company as its documents show it."""

    name: str
    name2: str | None
    country_code: str | None
    address: CompanyAddress
    legal_info: LegalInfo
    contact_info: ContactInfo
    payment_info: PaymentInfo
    tax_numbers: list[TaxNumber]
    currency: str
    vat: Vat


def usage(found: quota.Usage) -> Usage:
    """The use of the month; inactive is who may make no documents at all."""
    return Usage(
        status="inactive" if found.quota == 0 else "active",
        max_documents=found.quota,
        used_documents=found.used,
        remaining_documents=found.remaining,
        unlimited_documents=found.quota is None,
    )


def company(profile: Profile) -> Company:
    """The profile of the organization as this API shows it."""
    return Company(
        name=profile.shown_name,
        name2=profile.name2,
        country_code=profile.country_code or None,
        address=CompanyAddress(line1=profile.line1, line2=profile.line2, line3=profile.line3),
        legal_info=LegalInfo(
            ceo=profile.ceo, custom_line1=profile.legal_line1, custom_line2=profile.legal_line2
        ),
        contact_info=ContactInfo(
            email=profile.email,
            phone=profile.phone,
            custom_line1=profile.contact_line1,
            custom_line2=profile.contact_line2,
        ),
        payment_info=PaymentInfo(
            iban=profile.iban,
            bic=profile.bic,
            bank_name=profile.bank_name,
            custom_line1=profile.payment_line1,
            custom_line2=profile.payment_line2,
        ),
        tax_numbers=[
            TaxNumber(description=item.description, number=item.number)
            for item in profile.tax_numbers
        ],
        currency=profile.currency,
        vat=_vat(profile),
    )


def _vat(profile: Profile) -> Vat:
    return Vat(
        name=profile.vat_name,
        rates=[Decimal(rate) for rate in profile.vat_rates],
        default=profile.vat_default,
        small_trader=profile.small_trader,
        small_trader_description=profile.small_trader_text,
    )
