"""Addresses, scopes and challenges of third-party apps."""

from __future__ import annotations

import pytest

from kontorhaus.identity import rules as identity
from kontorhaus.identity.oauth import rules
from kontorhaus.identity.oauth.model import AppDetails

READ = frozenset({"documents:read"})
BOTH = READ | {"contacts:read"}


def app(kind: str, *redirects: str) -> AppDetails:
    return AppDetails("Lotsenkasse", kind, redirects, READ)


@pytest.mark.parametrize(
    ("uri", "kinds"),
    [
        ("https://lotse.example/cb", "confidential public native"),
        ("https://lotse.example:8443/cb?a=1", "confidential public native"),
        ("https://lotse.example", "confidential public native"),
        ("http://127.0.0.1:8000/cb", "confidential public native"),
        ("http://[::1]/cb", "confidential public native"),
        ("http://localhost", "confidential public native"),
        ("com.example.lotse:/cb", "native"),
        ("com.example.lotse://cb", "native"),
        ("lotse:/cb", ""),
        ("http://lotse.example/cb", ""),
        ("https://lotse.example/cb#x", ""),
        ("https://a@lotse.example/cb", ""),
        ("https://LOTSE.example/cb", ""),
        ("https://lotse.example/./cb", ""),
        ("https://lotse.example/" + "x" * 1000, ""),
        ("", ""),
    ],
)
def test_which_addresses_an_app_may_have(uri: str, kinds: str) -> None:
    for kind in ("confidential", "public", "native"):
        assert (rules.trouble_with(uri, kind=kind) is None) == (kind in kinds.split()), kind


@pytest.mark.parametrize(
    ("registered", "uri", "is_right"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb", True),
        ("http://127.0.0.1:5/cb?a=1", "http://127.0.0.1:65535/cb?a=1", True),
        ("http://[::1]:5/cb", "http://[::1]/cb", True),
        ("http://localhost/cb", "http://localhost:80/cb", True),
        ("http://localhost/cb", "http://127.0.0.1/cb", False),
        ("http://localhost/cb", "http://localhost:80/cb#x", False),
        ("http://localhost/cb", "http://localhost:80/cb x", False),
        ("https://lotse.example/cb", "https://lotse.example:1/cb", False),
    ],
)
def test_only_a_native_app_chooses_its_port(registered: str, uri: str, is_right: bool) -> None:
    assert rules.is_registered(uri, app("native", registered)) == is_right
    assert not rules.is_registered(uri, app("public", registered))
    assert rules.is_registered(registered, app("public", registered))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, BOTH),
        ("", BOTH),
        ("documents:read", READ),
        (" documents:read  documents:read ", READ),
        ("documents:read bank:read", None),
        ("Documents:read", None),
    ],
)
def test_an_app_gets_what_it_asks_for_or_all_or_nothing(
    asked: str | None, found: frozenset[str] | None
) -> None:
    assert rules.requested(asked, BOTH) == found
    assert rules.requested(asked, frozenset()) is None


def test_apps_are_neither_administrators_nor_auditors_nor_customers() -> None:
    assert {"admin", "audit:read", "access_invoices"} == identity.SCOPES - rules.SCOPES
    for role in ("owner", "admin", "member", "adviser", "adviser_read", "auditor"):
        assert identity.granted(role, rules.SCOPES) <= rules.SCOPES


@pytest.mark.parametrize(
    ("challenge", "method", "is_right"),
    [
        ("a" * 43, "S256", True),
        ("a" * 43, "plain", False),
        ("a" * 43, None, False),
        ("a" * 43 + "\n", "S256", False),
        ("a" * 42 + "+", "S256", False),
        (None, "S256", False),
    ],
)
def test_a_challenge_is_that_of_s256(
    challenge: str | None, method: str | None, is_right: bool
) -> None:
    assert rules.is_challenge(challenge, method) == is_right


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://lotse.example/cb?a=1", "https://lotse.example"),
        ("http://127.0.0.1:5004/cb", "http://127.0.0.1:5004"),
        ("http://[::1]:5004/cb", "http:"),
        ("com.example.lotse:/cb", "com.example.lotse:"),
    ],
)
def test_the_policy_of_the_page_names_where_the_answer_goes(uri: str, source: str) -> None:
    assert rules.form_target(uri) == source
