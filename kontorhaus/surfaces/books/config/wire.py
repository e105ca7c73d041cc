"""The JSON shapes of tax codes and settings."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from kontorhaus.identity import model as identity
from kontorhaus.surfaces.conventions import fields
from kontorhaus.tax import model

Label = Annotated[str, fields.text(1, 120)]
Description = Annotated[str, fields.text(0, 500)]
Account = Annotated[str, fields.text(1, 9)]
Code = Annotated[str, fields.text(1, 20, r"^[A-Za-z0-9-]{1,20}$")]


class TaxCodeQuery(fields.Query):
    """Whether codes that are out of use are wanted too."""

    include_inactive: bool = False


class TaxCodeInput(fields.In):
    """A new tax code."""

    code: Code
    label: Label
    description: Description | None = None
    rate: fields.Percent
    vat_account: Account | None = None
    self_assess_account: Account | None = None


class TaxCodeChange(fields.In):
    """What shall change of a tax code; a field left out stays."""

    label: Label | None = None
    description: Description | None = None
    rate: fields.Percent | None = None
    vat_account: Account | None = None
    self_assess_account: Account | None = None
    is_active: bool | None = None


class TaxCode(fields.Out):
    """A tax code."""

    code: str
    label: str
    description: str | None
    rate: fields.Percent
    vat_account: str | None
    self_assess_account: str | None
    is_system: bool
    is_active: bool


class TaxCodeRow(TaxCode):
    """A tax code in a list."""

    created_at: datetime


class TaxCodes(fields.Out):
    """All tax codes: the system's in the order of their table, then the tenant's own."""

    tax_codes: list[TaxCodeRow]


class TaxCodeState(fields.Out):
    """Whether a code is in use."""

    code: str
    is_active: bool


class Settings(fields.Out):
    """How a tenant keeps its books."""

    chart: Literal["SKR04", "SKR03"]
    fiscal_year_start_month: int
    vat_method: Literal["soll", "ist"]
    vat_method_from: date | None
    datev_adviser_number: int
    datev_client_number: int
    sepa_version: Literal["09", "03"]
    payment_run_four_eyes: bool
    number_formats: dict[str, str]


class SettingsChange(fields.In):
    """What shall change; chart and fiscal year only before the first posting."""

    chart: Literal["SKR04", "SKR03"] | None = None
    fiscal_year_start_month: Annotated[int, fields.whole(1, 12)] | None = None
    vat_method: Literal["soll", "ist"] | None = None
    vat_method_from: fields.Day | None = None
    datev_adviser_number: Annotated[int, fields.whole(1001, 9_999_999)] | None = None
    datev_client_number: Annotated[int, fields.whole(1, 99_999)] | None = None
    sepa_version: Literal["09", "03"] | None = None
    payment_run_four_eyes: bool | None = None
    number_formats: dict[str, str] | None = None


def new_code(body: TaxCodeInput) -> model.TaxCode:
    """The code that a body asks for."""
    return model.TaxCode(
        code=body.code,
        label_de=body.label,
        label_en=body.label,
        description=body.description,
        rate=body.rate,
        vat_account=body.vat_account,
        self_assess_account=body.self_assess_account,
        is_system=False,
        is_active=True,
        deductible=body.vat_account is not None,
    )


def code_changes(body: TaxCodeChange) -> dict[str, Any]:
    """The fields of a code that a body changes; null clears the optional ones."""
    sent = fields.sent(body)
    changes: dict[str, Any] = {
        name: value
        for name, value in sent.items()
        if value is not None or name in ("description", "vat_account", "self_assess_account")
    }
    if "label" in changes:
        label = changes.pop("label")
        changes |= {"label_de": label, "label_en": label}
    if "vat_account" in changes:
        changes["deductible"] = changes["vat_account"] is not None
    return changes


def tax_code(code: model.TaxCode) -> TaxCode:
    """A code as the API shows it."""
    return TaxCode(**_plain(code))


def tax_code_row(code: model.TaxCode, founded_at: datetime) -> TaxCodeRow:
    """A code in a list as the API shows it."""
    return TaxCodeRow(**_plain(code), created_at=code.created_at or founded_at)


def settings(found: identity.TenantSettings) -> Settings:
    """The settings as the API shows them."""
    shown = {name: value for name, value in asdict(found).items() if name in Settings.model_fields}
    return Settings(**shown | {"number_formats": dict(found.number_formats)})


def settings_changes(body: SettingsChange) -> dict[str, Any]:
    """The settings that a body changes; only the day of the VAT method may be cleared."""
    return {
        name: value
        for name, value in fields.sent(body).items()
        if value is not None or name == "vat_method_from"
    }


def _plain(code: model.TaxCode) -> dict[str, Any]:
    return {
        "code": code.code,
        "label": code.label_de,
        "description": code.description,
        "rate": code.rate,
        "vat_account": code.vat_account,
        "self_assess_account": code.self_assess_account,
        "is_system": code.is_system,
        "is_active": code.is_active,
    }
