"""Use and quota over HTTP: counted by the calendar month, exact under racing calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.surfaces import tenants
from tests.surfaces.billing.billing_api import CLIENT, LINES, PROFILE, Api, invoice

ESTIMATE = {"type": "estimate", "client": CLIENT, "lines": LINES}


@pytest.fixture
def limited(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[[int | None], Api]:
    """A client of a new organization with a quota of documents a month."""

    def make(quota: int | None, environment: str = "LIVE") -> Api:
        caller = Caller(new_organization(PROFILE).tenants[environment], SYSTEM, "Europe/Berlin")
        with begin(resources.database, caller) as work:
            identity.change_document_quota(work, quota=quota)
        return Api(served, tenants.token(resources, caller, "billing"))

    return make


def usage(api: Api) -> tuple[object, ...]:
    found = api.ok("GET", "/usage")
    names = ("status", "maxDocuments", "usedDocuments", "remainingDocuments", "unlimitedDocuments")
    assert set(found) == set(names)
    return tuple(found[name] for name in names)


def test_without_a_quota_documents_are_counted_all_the_same(api: Api) -> None:
    assert usage(api) == ("active", None, 0, None, True)
    invoice(api, finalized=True)
    invoice(api)
    assert usage(api) == ("active", None, 2, None, True)


def test_a_quota_that_is_used_up_is_403_naming_the_remedy(
    limited: Callable[[int | None], Api],
) -> None:
    api = limited(2)
    assert usage(api) == ("active", 2, 0, 2, False)
    invoice(api)
    draft = invoice(api)
    refused = api("POST", "/documents", ESTIMATE)
    assert refused.status_code == 403
    assert set(refused.json()) == {"error", "message"}
    assert "The quota of 2 documents a month is used up" in refused.json()["error"]
    assert usage(api) == ("active", 2, 2, 0, False)
    # changing, finalizing and reading take nothing from the quota
    assert api.ok("PATCH", f"/documents/{draft['id']}", {"finalized": True})["finalized"]


def test_who_may_make_no_documents_is_inactive(limited: Callable[[int | None], Api]) -> None:
    api = limited(0)
    assert usage(api) == ("inactive", 0, 0, 0, False)
    assert api("POST", "/documents", ESTIMATE).status_code == 403


def test_a_refused_document_takes_nothing_from_the_quota(
    limited: Callable[[int | None], Api],
) -> None:
    api = limited(1)
    assert api("POST", "/documents", {**ESTIMATE, "clientId": "Zz0Zz0Zz0Z"}).status_code == 400
    assert usage(api) == ("active", 1, 0, 1, False)


def test_eight_calls_at_once_make_no_more_than_the_quota(
    limited: Callable[[int | None], Api],
) -> None:
    api = limited(5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api("POST", "/documents", ESTIMATE), range(8)))
    assert Counter(answer.status_code for answer in answers) == {201: 5, 403: 3}
    assert usage(api) == ("active", 5, 5, 0, False)


def test_usage_needs_the_right_to_read_the_company(tenant: Callable[..., Api]) -> None:
    assert tenant(scopes=("documents:write",))("GET", "/usage").status_code == 403
    assert Api(tenant()._served, "none")("GET", "/usage").json() == {"message": "Unauthorized"}
