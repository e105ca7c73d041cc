"""Settings from the command line."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from kontorhaus.app import bookkeeping
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources


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
