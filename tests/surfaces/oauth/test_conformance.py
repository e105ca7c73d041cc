"""What the server says of itself, what it keeps, and in whose name apps may act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from starlette.testclient import TestClient

from kontorhaus.app import asgi
from kontorhaus.identity.model import Founded, Profile
from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.runtime.work import begin
from tests.surfaces.oauth.world import (
    PASSWORD,
    Browser,
    Company,
    Proof,
    Registered,
    World,
    exchange_of,
    request_of,
)

WELL_KNOWN = "/.well-known/oauth-authorization-server"
OWN = {"grant_type": "client_credentials"}


def test_the_metadata_are_those_of_the_standard(world: World) -> None:
    config = replace(world.resources.config, public_url="https://kontorhaus.example")
    app = asgi.create_app(replace(world.resources, config=config))
    found = TestClient(app).get(WELL_KNOWN).json()
    AuthorizationServerMetadata(found).validate()
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["response_types_supported"] == ["code"]
    assert "admin" not in found["scopes_supported"]
    assert "none" not in found["introspection_endpoint_auth_methods_supported"]


def test_every_address_of_the_metadata_answers(world: World, app: Registered) -> None:
    found = world.get(WELL_KNOWN).json()
    assert world.get(urlsplit(found["authorization_endpoint"]).path).status_code == 303
    assert world.get(urlsplit(found["service_documentation"]).path).status_code == 200
    for name in ("token", "revocation", "introspection"):
        path = urlsplit(found[f"{name}_endpoint"]).path
        form = {**OWN, "token": "nothing"}
        assert world.post(path, data=form, auth=app.basic).status_code == 200
        assert world.get(path).status_code == 405


def test_no_code_token_or_secret_stands_in_the_database(
    world: World, company: Company, browser: Browser, superuser_conninfo: str
) -> None:
    app, proof = world.register(company), Proof()
    code = browser.allow(request_of(app, proof))["code"]
    first = world.tokens(app, **exchange_of(code, proof)).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = world.tokens(app, **refresh).json()
    own = world.tokens(app, **OWN).json()
    shown = [
        code, proof.verifier, app.basic[1], own["access_token"], company.key, PASSWORD,
        *(token[f"{kind}_token"] for token in (first, second) for kind in ("access", "refresh")),
    ]  # fmt: skip
    with psycopg.connect(superuser_conninfo) as connection:
        tables = connection.execute(
            "select c.oid::regclass::text from pg_class c join pg_namespace n"
            " on n.oid = c.relnamespace where n.nspname = 'kontorhaus' and c.relkind = 'r'"
        ).fetchall()
        assert ("kontorhaus.oauth_token",) in tables
        for (table,) in tables:
            rows = connection.execute(f"select t::text from {table} t".encode()).fetchall()
            everything = "\n".join(text for (text,) in rows)
            for secret in shown:
                bare = secret.partition("_")[2] or secret
                assert bare not in everything, table
                assert bare.encode().hex() not in everything, table


def test_tokens_that_have_run_out_are_forgotten_and_others_kept(
    world: World, browser: Browser, app: Registered
) -> None:
    proof = Proof()
    code = browser.allow(request_of(app, proof))["code"]
    tokens = world.tokens(app, **exchange_of(code, proof)).json()
    oauth.purge(world.database)
    assert world.documents(tokens["access_token"]).status_code == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert world.tokens(app, **refresh).status_code == 200


def managed_by(world: World, manager: Company, founded: Founded) -> None:
    with begin(world.database, manager.caller) as work:
        work.connection.execute(
            "update organization set managed_by = %s where id = %s",
            (manager.founded.organization_id, founded.organization_id),
        )


def test_people_let_apps_in_to_companies_that_theirs_manages(
    world: World, new_organization: Callable[..., Founded]
) -> None:
    adviser = world.company(new_organization(Profile(name="Kanzlei Petersen")))
    client = new_organization(Profile(name="Deichgraf Maschinenbau"))
    managed_by(world, adviser, client)
    user_id, email = world.person(adviser.caller, "adviser_read")
    browser, proof = Browser(world, email), Proof()
    app = world.register(adviser, scope="documents:read documents:write")
    asked = request_of(app, proof, scope="documents:read documents:write")
    page = browser.ask(asked)
    assert "Deichgraf Maschinenbau (Live)" in page.text
    code = browser.allow(asked, tenant=client.tenants["LIVE"])["code"]
    tokens = world.tokens(app, **exchange_of(code, proof)).json()
    assert tokens["scope"] == "documents:read"
    assert world.documents(tokens["access_token"]).status_code == 200
    with begin(world.database, adviser.caller) as work:
        work.connection.execute("delete from membership where user_id = %s", (user_id,))
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert world.tokens(app, **refresh).json()["error"] == "invalid_grant"


def test_the_app_of_a_deleted_company_has_nothing_left(
    world: World, company: Company, browser: Browser, new_organization: Callable[..., Founded]
) -> None:
    maker, proof = world.company(new_organization()), Proof()
    app = world.register(maker)
    code = browser.allow(request_of(app, proof))["code"]
    token = world.tokens(app, **exchange_of(code, proof)).json()["access_token"]
    with begin(world.database, maker.caller) as work:
        work.connection.execute(
            "update organization set deleted_at = now() where id = %s",
            (maker.founded.organization_id,),
        )
    assert world.documents(token).status_code == 401
    assert world.tokens(app, **OWN).json()["error"] == "invalid_client"
    assert browser.ask(request_of(app, proof)).status_code == 422
