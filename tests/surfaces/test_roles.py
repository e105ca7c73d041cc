"""Every role at every door: what is declared is let in, and nothing else (S-2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from kontorhaus.app import asgi
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.identity import rules
from kontorhaus.identity.model import ROLES
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.ids import PartyId, UserId
from kontorhaus.ledger import founding
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.conventions.operation import Operation
from kontorhaus.surfaces.conventions.surface import Surface
from tests.surfaces import web_routes
from tests.surfaces.billing.billing_api import PROFILE
from tests.surfaces.web_office import TOKEN

PASSWORD = "korrekt Pferd Batterie"
# Which kind of key opens a surface.
KEYS = {
    "books": "books",
    "billing": "billing",
    "portal": "portal",
    "oauth": "books",
    "management": "management",
}
# Where a person signs in without a browser.
SIGNED_IN = ("books", "management")
AUTH = "/management/api/v0/auth"
# Operations that need a valid token and no scope, since they concern the caller alone.
OWN = {
    "POST /books/v1/auth/logout",
    "GET /books/v1/auth/me",
    "POST /books/v1/contact",
    "GET /billing/v1/health",
}
# Operations that need no token, since they are the way to one or tell what everybody may know.
PUBLIC = {
    "POST /books/v1/auth/login",
    "POST /books/v1/auth/forgot-password",
    "POST /books/v1/auth/setup-password",
    "POST /management/api/v0/auth",
    "GET /.well-known/jwks.json",
    "POST /oauth2/token",
    "POST /oauth2/revoke",
    "POST /oauth2/introspect",
    "GET /.well-known/oauth-authorization-server",
}


def named(surface: Surface, found: Operation) -> str:
    return f"{found.method} {surface.base}{found.path}"


OPERATIONS = {
    named(surface, found): (surface, found)
    for surface in asgi.SURFACES
    for found in surface.operations
}
MANAGED = [
    f"{method} {surface.base}{found.path}"
    for surface, found in OPERATIONS.values()
    if surface.name == "management" and not found.is_public
    for method in (found.method, *found.options.get("also", ()))
]


@dataclass
class Company:
    """The whole program, and somebody of each role in a company."""

    client: TestClient
    resources: Resources
    caller: Caller
    emails: dict[str, str]
    users: dict[str, UserId]
    tokens: dict[tuple[str, str], str]
    sessions: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def company(resources: Resources) -> Iterator[Company]:
    founded = founding.found(resources.database, profile=PROFILE)
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(resources.database, caller) as work:
        customer = receivables.register_customer(work, details=PartyDetails(name="Anna Berg"))
    app = asgi.create_app(resources)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        company = Company(client, resources, caller, {}, {}, {}, {})
        for role in ROLES:
            _employ(company, role, customer.id)
        yield company


def _employ(company: Company, role: str, customer: PartyId) -> None:
    """A person with a role, with a key for each kind that opens all it may, and signed in."""
    resources, email = company.resources, f"{uuid7().hex}@nordlicht.example"
    keyed = secret.of(resources.config.home)
    with begin(resources.database, company.caller) as work:
        user = identity.create_user(work, email=email, role=role, password=PASSWORD)
        made = {
            surface: identity.create_api_key(
                work,
                secret=keyed,
                surface=surface,
                name=uuid7().hex,
                created_by=user,
                party_id=customer if surface == "portal" else None,
            )
            for surface in sorted(set(KEYS.values()))
        }
    company.emails[role], company.users[role] = email, user
    company.tokens |= {(surface, role): key.token for surface, key in made.items()}
    pair = {"api_key": made["management"].public_id, "api_secret": made["management"].token}
    person = {"email": email, "password": PASSWORD}
    company.tokens["management", role] = _access_token(company, pair)
    company.sessions["management", role] = _access_token(company, person)
    company.sessions["books", role] = entry.login(
        resources.database, secret=keyed, surface="books", email=email, password=PASSWORD
    ).token


def _access_token(company: Company, credential: dict[str, str | None]) -> str:
    answer = company.client.post(AUTH, json=credential)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def asked(company: Company, method: str, path: str, token: str) -> int:
    """The status of a call that names nothing that exists and says nothing."""
    filled = re.sub(r"{(\w+)}", lambda word: _somebody(word[1]), path)
    headers = {"Authorization": f"Bearer {token}"}
    body = {} if method == "GET" else {"content": b"{}"}
    return int(company.client.request(method, filled, headers=headers, **body).status_code)


def _somebody(name: str) -> str:
    return {"period": "2026-03", "number": "1800", "code": "X"}.get(name, str(uuid4()))


@pytest.mark.parametrize("role", ROLES)
def test_a_key_of_a_role_opens_what_is_declared(company: Company, role: str) -> None:
    mine = rules.scopes_of(role)
    wrong = {}
    for name, (surface, found) in OPERATIONS.items():
        if found.is_public:
            continue
        method, path = name.split(" ")
        status = asked(company, method, path, company.tokens[KEYS[surface.name], role])
        assert status != 401, name
        if (status == 403) == (rules.ADMIN in mine or set(found.scopes) <= mine):
            wrong[name] = (status, found.scopes)
    assert wrong == {}


@pytest.mark.parametrize("surface", SIGNED_IN)
@pytest.mark.parametrize("role", ROLES)
def test_a_session_of_a_role_opens_what_is_declared(
    company: Company, surface: str, role: str
) -> None:
    mine = rules.scopes_of(role)
    for name, (its, found) in OPERATIONS.items():
        if its.name == surface and found.scopes:
            status = asked(company, *name.split(" "), company.sessions[surface, role])
            is_allowed = rules.ADMIN in mine or set(found.scopes) <= mine
            assert (status not in (401, 403)) == is_allowed, (name, status)


@pytest.mark.parametrize("credential", ["tokens", "sessions"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_manages_its_own_organization_or_only_sees_it(
    company: Company, role: str, credential: str
) -> None:
    """The same as elsewhere, of an organization that is there and with every verb."""
    token = getattr(company, credential)["management", role]
    listed = company.client.get(
        f"{AUTH.removesuffix('/auth')}/organizations", headers={"Authorization": f"Bearer {token}"}
    )
    (mine,) = [row["_id"] for row in listed.json()["data"]]
    is_admin = rules.ADMIN in rules.scopes_of(role)
    wrong = {}
    for name in MANAGED:
        method, path = name.split(" ")
        if method == "DELETE" and path.endswith("{organization_id}"):
            continue
        status = asked(company, method, path.replace("{organization_id}", mine), token)
        _, found = OPERATIONS.get(name) or OPERATIONS[name.replace("PUT", "PATCH")]
        if (status == 403) == (is_admin or found.scopes == ("company:read",)):
            wrong[name] = status
    assert wrong == {}


def test_every_operation_declares_its_scope(company: Company) -> None:
    bare = {name for name, (_, found) in OPERATIONS.items() if not found.scopes}
    assert bare == OWN | PUBLIC
    assert {name for name, (_, found) in OPERATIONS.items() if found.is_public} == PUBLIC
    known = rules.SCOPES
    assert all(set(found.scopes) <= known for _, found in OPERATIONS.values())


def test_the_description_says_of_each_operation_which_scope_it_needs() -> None:
    documents = {surface.base: surface.document()["paths"] for surface in asgi.SURFACES}
    for name, (surface, found) in OPERATIONS.items():
        if found.options.get("hidden"):
            continue
        described: Any = documents[surface.base][found.path][found.method.lower()]  # type: ignore[index]
        needed = [set(scopes) for way in described["security"] for scopes in way.values()]
        assert needed == [] if found.is_public else set(found.scopes) in needed, name


# What a page needs: a scope, "" of whoever is signed in, None of nobody.
PAGES: dict[str, str | None] = {
    "GET /customers": "",
    "GET /customers/{party_id}": "",
    "POST /customers/{party_id}/links": "access_invoices",
    "POST /customers/{party_id}/links/{access_id}/revoke": "access_invoices",
    "POST /customers/{party_id}/tokens": "access_invoices",
    "POST /customers/{party_id}/tokens/{key_id}/revoke": "access_invoices",
    "GET /": "",
    "GET /bank": "",
    "GET /bank/{account_id}": "",
    "GET /datev": "auswertungen:read",
    "GET /datev/export": "auswertungen:read",
    "GET /favicon.ico": None,
    "GET /forgotten": None,
    "GET /invoices": "",
    "GET /invoices/{public_id}": "",
    "GET /invoices/{public_id}/send": "",
    "GET /invoices/{public_id}/{kind}": "",
    "GET /journal": "",
    "GET /journal/{intent_id}": "",
    "GET /login": None,
    "GET /oauth2/authorize": None,
    "GET /products": "",
    "GET /products/new": "",
    "GET /products/{public_id}": "",
    "GET /settings": "",
    "GET /settings/apps": "",
    "GET /settings/apps/new": "admin",
    "GET /settings/audit": "audit:read",
    "GET /settings/audit/export": "audit:read",
    "GET /settings/bookkeeping": "",
    "GET /settings/documents": "",
    "GET /settings/email": "",
    "GET /settings/keys": "config:read",
    "GET /settings/keys/new": "admin",
    "GET /settings/layout": "",
    "GET /settings/layout/picture": "",
    "GET /settings/security": "",
    "GET /settings/users": "admin",
    "GET /setup/{token}": None,
    "GET /static/tokens.css": None,
    "GET /static/vendor/{name}": None,
    "GET /static/{version}/{name}": None,
    "POST /bank": "bank:write",
    "POST /bank/lines/{transaction_id}/accept": "bank:write",
    "POST /bank/lines/{transaction_id}/unmatch": "bank:write",
    "POST /bank/{account_id}/statements": "bank:write",
    "POST /forgotten": None,
    "POST /invoices/{public_id}/cancel": "documents:write",
    "POST /invoices/{public_id}/send": "email:send",
    "POST /login": None,
    "POST /login/code": None,
    "POST /logout": "",
    "POST /oauth2/authorize": "",
    "POST /place": "",
    "POST /preferences": None,
    "POST /products": "products:write",
    "POST /products/{public_id}": "products:write",
    "POST /products/{public_id}/delete": "products:write",
    "POST /settings": "company:write",
    "POST /settings/apps": "admin",
    "POST /settings/apps/access/end": "",
    "POST /settings/apps/{client_id}/delete": "admin",
    "POST /settings/apps/{client_id}/secret": "admin",
    "POST /settings/bookkeeping": "config:write",
    "POST /settings/documents": "company:write",
    "POST /settings/email": "company:write",
    "POST /settings/keys": "admin",
    "POST /settings/keys/{key_id}/{switch}": "admin",
    "POST /settings/layout": "company:write",
    "POST /settings/layout/logo": "company:write",
    "POST /settings/layout/logo/remove": "company:write",
    "POST /settings/security/factor": "",
    "POST /settings/security/factor/codes": "",
    "POST /settings/security/factor/confirm": "",
    "POST /settings/security/factor/drop": "",
    "POST /settings/security/factor/off": "",
    "POST /settings/security/password": "",
    "POST /settings/security/sessions/end-others": "",
    "POST /settings/security/sessions/{session_id}/end": "",
    "POST /settings/users": "admin",
    "POST /settings/users/{user_id}/remove": "admin",
    "POST /settings/users/{user_id}/role": "admin",
    "POST /setup/{token}": None,
}
# The pages of customers, who have no role: another door, another session.
OF_CUSTOMERS = "/customer"
# What forms must hold to be read at all.
FIELDS = {
    "/bank": {"name": "x", "iban": "x"},
    "/bank/lines/{transaction_id}/accept": {"target": "x", "next": "/bank"},
    "/invoices/{public_id}/send": {"recipient": "a@example.org", "subject": "x", "message": "x"},
    "/customers/{party_id}/links": {"email": "a@example.org"},
    "/customers/{party_id}/tokens": {"name": "x"},
    "/place": {"tenant": str(uuid4())},
    "/settings/apps/access/end": {"app": str(uuid4()), "person": "{me}"},
}
FIELDS |= {
    f"/settings/security/{path}": dict.fromkeys(names, "x")
    for path, names in {
        "factor": ["factor_password"],
        "factor/codes": ["renew_code"],
        "factor/confirm": ["code"],
        "factor/off": ["off_password", "off_code"],
        "password": ["old_password", "new_password"],
    }.items()
}
FILES = {"/bank/{account_id}/statements": "statement", "/settings/layout/logo": "file"}


def test_every_page_is_known_here() -> None:
    pages = {f"{method} {path}" for method in ("GET", "POST") for path in web_routes.paths(method)}
    assert {name for name in pages if not _is_of_customers(name.split(" ")[1])} == set(PAGES)


def _is_of_customers(path: str) -> bool:
    return path == OF_CUSTOMERS or path.startswith(f"{OF_CUSTOMERS}/")


@pytest.mark.parametrize("role", ROLES)
def test_a_person_of_a_role_reaches_the_pages_it_may(company: Company, role: str) -> None:
    browser = TestClient(
        asgi.create_app(company.resources), base_url="http://127.0.0.1", follow_redirects=False
    )
    signed_in = {"email": company.emails[role], "password": PASSWORD}
    assert _submitted(browser, "/login", "/login", signed_in).status_code == 303
    mine = rules.scopes_of(role)
    wrong = {}
    for name, scope in PAGES.items():
        method, path = name.split(" ")
        if scope is None or path == "/logout":
            continue
        filled = re.sub(r"{(\w+)}", lambda word: str(uuid4()), path)
        if method == "GET":
            answer = browser.get(filled)
        else:
            me = str(company.users[role])
            fields = {n: text.replace("{me}", me) for n, text in FIELDS.get(path, {}).items()}
            answer = _submitted(browser, "/settings", filled, fields, FILES.get(path))
        if (answer.status_code == 403) == (not scope or scope in mine):
            wrong[name] = (answer.status_code, scope)
    assert wrong == {}


def _submitted(
    browser: TestClient, page: str, path: str, fields: dict[str, str], file: str | None = None
) -> Any:
    token = TOKEN.search(browser.get(page).text)
    assert token
    files = {file: ("x", b"<x/>", "application/xml")} if file else None
    return browser.post(path, data={"form_token": token[1], **fields}, files=files)


def test_a_stranger_reaches_the_door_only(company: Company) -> None:
    company.client.cookies.clear()
    for name, scope in PAGES.items():
        method, path = name.split(" ")
        if scope is None:
            continue
        filled = re.sub(r"{(\w+)}", lambda word: str(uuid4()), path)
        answer = company.client.request(method, filled)
        assert answer.status_code == 303, (name, answer.status_code)
        assert answer.headers["location"].startswith("/login"), name
