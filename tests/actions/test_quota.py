"""The quota of documents: whose month it is, and how whoever runs the server sets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from kontorhaus.app import quota as command
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import Founded
from kontorhaus.invoicing import actions, quota
from kontorhaus.kernel.errors import Denied, Invalid, NotFound
from kontorhaus.ledger import founding
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin, within
from tests.actions.invoicing_examples import new
from tests.conftest import PROFILE


def at(work: Work, instant: datetime, time_zone: str) -> Work:
    """The same transaction at another instant, elsewhere."""
    return within(work.connection, replace(work.caller, time_zone=time_zone), instant)


def test_the_month_begins_where_the_company_is(work: Work) -> None:
    last_hour = datetime(2031, 3, 31, 22, 30, tzinfo=UTC)
    berlin, london = (at(work, last_hour, zone) for zone in ("Europe/Berlin", "Europe/London"))
    assert (berlin.today, london.today) == (date(2031, 4, 1), date(2031, 3, 31))
    actions.create(at(work, datetime(2031, 3, 31, 21, 59, tzinfo=UTC), "Europe/Berlin"), new=new())
    assert quota.usage(berlin).used == 0
    assert quota.usage(london).used == 1
    actions.create(berlin, new=new())
    assert quota.usage(berlin).used == 1


def test_an_organization_is_founded_with_the_quota_of_the_server(database: Database) -> None:
    founded = founding.found(database, profile=PROFILE, document_quota=1)
    for tenant_id in founded.tenants.values():
        with begin(database, Caller(tenant_id, SYSTEM, "Europe/Berlin")) as work:
            actions.create(work, new=new())
            with pytest.raises(Denied) as refusal:
                actions.create(work, new=new())
            assert refusal.value.details == {"quota": 1, "used": 1}


def test_several_documents_are_claimed_together(database: Database) -> None:
    founded = founding.found(database, profile=PROFILE, document_quota=3)
    with begin(database, Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")) as work:
        quota.claim(work, count=3)
        with pytest.raises(Denied):
            quota.claim(work, count=4)


def test_the_operator_sets_a_quota_and_takes_it_off(
    database: Database, new_organization: Callable[..., Founded]
) -> None:
    resources = cast(Resources, SimpleNamespace(database=database))
    tenants = new_organization().tenants
    live = str(tenants["LIVE"])
    changed = command.change(resources, tenant=live, documents="500")
    assert (changed["used"], changed["quota"]) == (0, 500)
    rows = {row["tenant"]: row["quota"] for row in command.quotas(resources)}
    assert (rows[live], rows[str(tenants["TEST"])]) == (500, 500)
    assert command.change(resources, tenant=live, documents="none")["quota"] is None
    with begin(database, Caller(tenants["LIVE"], SYSTEM, "Europe/Berlin")) as work:
        assert identity.document_quota(work) is None


@pytest.mark.parametrize("documents", ["-1", "many", "1.5", "10000000000"])
def test_a_quota_is_a_number_or_none(database: Database, documents: str) -> None:
    resources = cast(Resources, SimpleNamespace(database=database))
    tenant = str(identity.tenants(database)[0].tenant_id)
    with pytest.raises(Invalid):
        command.change(resources, tenant=tenant, documents=documents)
    with pytest.raises(NotFound):
        command.change(resources, tenant="nobody", documents="1")
