"""Settings from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from kontorhaus.app import bookkeeping
from kontorhaus.identity.model import Founded
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.surfaces import tenants


@pytest.fixture
def place(database: Database, new_organization: Callable[..., Founded]) -> tuple[Resources, str]:
    resources = cast(Resources, SimpleNamespace(database=database))
    return resources, str(new_organization().tenants["LIVE"])


def test_settings_are_read_from_text(place: tuple[Resources, str]) -> None:
    resources, tenant = place
    changed = bookkeeping.settings(
        resources,
        tenant=tenant,
        changes=[
            "chart=SKR03",
            "datev_client_number=17",
            "payment_run_four_eyes=yes",
            "vat_method=ist",
            "vat_method_from=2026-01-01",
        ],
    )
    assert changed["chart"] == "SKR03"
    assert (changed["vat_method"], changed["vat_method_from"]) == ("ist", "2026-01-01")
    assert changed["datev_client_number"] == 17
    assert changed["payment_run_four_eyes"] is True
    assert bookkeeping.settings(resources, tenant=tenant, changes=[]) == changed


def test_the_company_and_its_documents_are_set_by_dotted_names(
    place: tuple[Resources, str],
) -> None:
    resources, tenant = place
    wanted = {
        "company.name2": "Rechenzentrum",
        "company.iban": "DE02 1203 0000 0000 2020 51",
        "company.vat_rates": "20; 10; 0",
        "company.vat_default": "20",
        "company.tax_numbers": "USt-IdNr.: DE123456788; St.-Nr.: 22/333/4444",
        "company.small_trader": "yes",
        "company.currency": "CHF",
        "company.time_zone": "Europe/Vienna",
        "invoice.number_format": "R{number:03}",
        "cancellation.number_format": "S{number:03}",
        "invoice.start_at": "118",
        "invoice.price_layout": "gross",
        "invoice.introduction.de": "Guten Tag,\\nwie vereinbart.",
        "estimate.notes.en": "Valid for 30 days.",
        "layout.theme": "classic",
        "layout.accent": "#aa3355",
        "email.reply_to": "fragen@nordlicht.example",
    }
    changes = [f"{name}={value}" for name, value in wanted.items()]
    changed = bookkeeping.settings(resources, tenant=tenant, changes=[*changes, "payment_days=7"])
    assert changed["invoice.next_number"] == "R118"
    assert changed["payment_days"] == 7
    assert changed["company.small_trader"] is True
    assert changed["company.iban"] == "DE02120300000000202051"
    assert changed["invoice.introduction.de"] == "Guten Tag,\nwie vereinbart."
    assert changed["company.vat_default"] == "20"
    differing = {
        "invoice.start_at",
        "company.small_trader",
        "company.iban",
        "invoice.introduction.de",
    }
    for name in wanted.keys() - differing:
        assert changed[name] == wanted[name], name
    cleared = bookkeeping.settings(
        resources, tenant=tenant, changes=["company.name2=", "invoice.number_format="]
    )
    assert cleared["company.name2"] is None
    assert cleared["invoice.number_format"] == "RE-{year}-{number:04}"
    assert bookkeeping.settings(resources, tenant=tenant, changes=[]) == cleared


def test_a_logo_is_put_on_and_taken_off(
    database: Database,
    new_organization: Callable[..., Founded],
    tmp_path: Path,
) -> None:
    tenant = new_organization().tenants["LIVE"]
    caller = Caller(tenant, SYSTEM, "Europe/Berlin")
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1H0z"/></svg>'
    )
    with tenants.furnished(database, tmp_path) as resources:
        for content in (picture, None):
            bookkeeping.change_logo(resources, tenant=str(tenant), content=content)
            with begin(database, caller) as work:
                assert (stationery.stationery(work).brand.logo is None) == (content is None)
        with pytest.raises(Invalid):
            bookkeeping.change_logo(resources, tenant=str(tenant), content=b"x")


@pytest.mark.parametrize(
    "change",
    [
        "company.name=",
        "company.nothing=1",
        "company.iban=DE00",
        "company.vat_rates=viel",
        "company.vat_rates=NaN",
        "company.tax_numbers=DE123456788",
        "company.small_trader=perhaps",
        "company.time_zone=Europe/Atlantis",
        "invoice.number_format=RE",
        "invoice.next_number=RE-1",
        "invoice.start_at=0",
        "receipt.start_at=5",
        "invoice.price_layout=both",
        "invoice.notes.fr=Bonjour",
        "receipt.notes.de=Hallo",
        "cancellation.notes.de=Hallo",
        "layout.accent=red",
        "layout.logo=x",
        "email.reply_to=nobody",
        "layout.theme",
    ],
)
def test_what_the_company_cannot_be_is_refused(place: tuple[Resources, str], change: str) -> None:
    resources, tenant = place
    before = bookkeeping.settings(resources, tenant=tenant, changes=[])
    with pytest.raises(Invalid):
        bookkeeping.settings(resources, tenant=tenant, changes=["payment_days=3", change])
    assert bookkeeping.settings(resources, tenant=tenant, changes=[]) == before


@pytest.mark.parametrize(
    "change",
    [
        "chart",
        "nothing=1",
        "datev_client_number=x",
        "payment_run_four_eyes=perhaps",
        "vat_method_from=2026-13-01",
        "number_formats={}",
        "vat_methods_before=()",
        "chart=SKR49",
    ],
)
def test_what_cannot_be_set_is_refused(place: tuple[Resources, str], change: str) -> None:
    resources, tenant = place
    with pytest.raises(Invalid):
        bookkeeping.settings(resources, tenant=tenant, changes=[change])


def test_a_tenant_that_is_not_there_is_answered_with_those_that_are(
    place: tuple[Resources, str],
) -> None:
    resources, tenant = place
    with pytest.raises(NotFound) as refusal:
        bookkeeping.settings(resources, tenant="nobody", changes=[])
    assert tenant in refusal.value.message
