"""Authorization code with PKCE: the question, the answer, the exchange, refreshing and ending."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from urllib.parse import urlsplit

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client

from kontorhaus.identity.model import Founded
from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.identity.oauth.model import Sent
from kontorhaus.runtime import secret
from tests.surfaces.oauth.world import (
    CALLBACK,
    ISSUER,
    SCOPE,
    Browser,
    Company,
    Proof,
    Registered,
    World,
    exchange_of,
    request_of,
    told,
)


@pytest.fixture
def proof() -> Proof:
    return Proof()


def exchanged(world: World, app: Registered, browser: Browser) -> dict[str, str]:
    """The tokens of a permission that was just given."""
    proof = Proof()
    code = browser.allow(request_of(app, proof))["code"]
    answer = world.tokens(app, **exchange_of(code, proof))
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def refreshed(world: World, app: Registered, token: str, **more: str) -> httpx.Response:
    return world.tokens(app, grant_type="refresh_token", refresh_token=token, **more)


def test_the_question_names_app_owner_company_and_each_scope(
    browser: Browser, app: Registered, proof: Proof
) -> None:
    page = browser.ask(request_of(app, proof))
    for words in (
        "Lotsenkasse", "Nordlicht Hosting GmbH", "Rechnungen lesen", "Kontakte lesen",
        "Kein Zugriff auf: Bank, Journal, Einstellungen", "Für welche Firma?",
        "lotsenkasse.example/oauth/callback", "Katrin Brandt",
    ):  # fmt: skip
        assert words in page.text
    english = browser.ask(request_of(app, proof)).request.url
    assert "Read invoices" in browser.get(str(english), headers={"Accept-Language": "en"}).text


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(
    world: World, company: Company, app: Registered, proof: Proof
) -> None:
    asked = request_of(app, proof, state="s" * 900)
    answer = world.get("/oauth2/authorize", params=asked)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=%2Foauth2%2Fauthorize%3F")
    _, email = world.person(company.caller, "member")
    browser = Browser(world, email, door=answer.headers["location"])
    assert browser.opened.headers["location"] == str(answer.request.url.raw_path, "ascii")
    assert browser.get(browser.opened.headers["location"]).status_code == 200


def test_an_authlib_client_walks_the_whole_way(
    world: World, browser: Browser, app: Registered
) -> None:
    metadata = world.get("/.well-known/oauth-authorization-server").json()
    at = {name: world.base_url + urlsplit(url).path for name, url in metadata.items()
          if name.endswith("_endpoint")}  # fmt: skip
    client = OAuth2Client(
        *app.basic, scope=SCOPE, redirect_uri=CALLBACK, code_challenge_method="S256"
    )
    verifier = Proof().verifier
    link, state = client.create_authorization_url(
        at["authorization_endpoint"], code_verifier=verifier
    )
    asked = dict(httpx.URL(link).params)
    back = browser.answer(asked).headers["location"]
    assert httpx.URL(back).params["iss"] == metadata["issuer"] == ISSUER
    token = client.fetch_token(
        at["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
    assert client.get(f"{world.base_url}/billing/v1/documents").status_code == 200
    newer = client.refresh_token(at["token_endpoint"], refresh_token=token["refresh_token"])
    assert newer["refresh_token"] != token["refresh_token"]
    told_of = client.introspect_token(
        at["introspection_endpoint"], token=newer["access_token"]
    ).json()
    assert (told_of["active"], told_of["client_id"]) == (True, app.client_id)
    assert told_of["scope"] == "contacts:read documents:read"
    assert told_of["exp"] - told_of["iat"] == 1800
    assert (
        client.revoke_token(at["revocation_endpoint"], token=newer["refresh_token"]).status_code
        == 200
    )
    time.sleep(1)
    assert world.documents(newer["access_token"]).status_code == 401
    client.close()


def test_state_comes_back_as_it_was(browser: Browser, app: Registered, proof: Proof) -> None:
    state = 'a b+c&d="ü"\\%41\'<x>'
    back = browser.allow(request_of(app, proof, state=state))
    assert back["state"] == state
    assert "state" not in browser.allow(request_of(app, proof, state=""))


def test_a_refusal_goes_back_to_the_app(browser: Browser, app: Registered, proof: Proof) -> None:
    back = told(browser.answer(request_of(app, proof), decision="deny"))
    assert (back["error"], back["iss"], back["state"]) == ("access_denied", ISSUER, "xyz")
    assert "code" not in back


def test_a_code_is_good_once_and_a_second_use_ends_what_came_of_it(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    first = world.tokens(app, **exchange_of(code, proof)).json()
    assert world.documents(first["access_token"]).status_code == 200
    again = world.tokens(app, **exchange_of(code, proof))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    time.sleep(1)
    assert world.documents(first["access_token"]).status_code == 401
    assert refreshed(world, app, first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_lives_for_sixty_seconds(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    credentials = {"client_id": app.client_id, "client_secret": app.basic[1]}
    sent = Sent({**exchange_of(code, proof), **credentials}, network="127.0.0.1")
    late = oauth.token(
        world.later(timedelta(seconds=61)).database,
        secret=secret.of(world.resources.config.home), issuer=ISSUER, sent=sent,
    )  # fmt: skip
    assert (late.status, late.body["error"]) == (400, "invalid_grant")
    assert world.tokens(app, **exchange_of(code, proof)).status_code == 200


def test_tokens_run_out(world: World, browser: Browser, app: Registered) -> None:
    tokens = exchanged(world, app, browser)
    keyed = secret.of(world.resources.config.home)

    def opens(after: timedelta) -> bool:
        database = world.later(after).database
        token = tokens["access_token"]
        found = oauth.authenticate(database, secret=keyed, surface="billing", token=token)
        return found is not None

    assert opens(timedelta(minutes=29))
    assert not opens(timedelta(minutes=31))
    sent = Sent(
        {
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
            "client_id": app.client_id,
            "client_secret": app.basic[1],
        }
    )
    late = world.later(timedelta(days=31)).database
    answer = oauth.token(late, secret=keyed, issuer=ISSUER, sent=sent)
    assert answer.body["error"] == "invalid_grant"


def test_a_refresh_token_is_good_once_and_a_second_use_ends_its_family(
    world: World, browser: Browser, app: Registered
) -> None:
    first = exchanged(world, app, browser)
    second = refreshed(world, app, first["refresh_token"]).json()
    assert world.documents(second["access_token"]).status_code == 200
    again = refreshed(world, app, first["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    time.sleep(1)
    for token in (first["access_token"], second["access_token"]):
        assert world.documents(token).status_code == 401
    assert refreshed(world, app, second["refresh_token"]).status_code == 400


def test_a_refresh_may_ask_for_less_never_for_more(
    world: World, browser: Browser, app: Registered
) -> None:
    token = exchanged(world, app, browser)["refresh_token"]
    more = refreshed(world, app, token, scope="documents:read documents:write")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    less = refreshed(world, app, token, scope="documents:read").json()
    assert less["scope"] == "documents:read"
    whole = refreshed(world, app, less["refresh_token"]).json()
    assert whole["scope"] == "contacts:read documents:read"


def at_once(count: int, call: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers to calls that begin together."""
    start, answers = Barrier(count), list[httpx.Response]()

    def run() -> None:
        start.wait()
        answers.append(call())

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_sixteen_who_bring_one_code_one_gets_tokens(
    world: World, company: Company, browser: Browser, proof: Proof
) -> None:
    app = world.register(company, kind="public")
    code = browser.allow(request_of(app, proof))["code"]
    answers = at_once(16, lambda: world.tokens(app, **exchange_of(code, proof)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 15


def test_of_eight_who_bring_one_refresh_token_one_gets_tokens(
    world: World, company: Company, browser: Browser
) -> None:
    app = world.register(company, kind="public")
    token = exchanged(world, app, browser)["refresh_token"]
    answers = at_once(8, lambda: refreshed(world, app, token))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


def test_revoking_ends_an_access_token_alone_and_a_refresh_token_with_its_family(
    world: World, browser: Browser, app: Registered
) -> None:
    tokens = exchanged(world, app, browser)
    assert world.documents(tokens["access_token"]).status_code == 200

    def revoke(token: str) -> int:
        form = {"token": token, "token_type_hint": "something"}
        return world.post("/oauth2/revoke", data=form, auth=app.basic).status_code

    assert revoke(tokens["access_token"]) == revoke("nonsense") == 200
    time.sleep(1)
    assert world.documents(tokens["access_token"]).status_code == 401
    newer = refreshed(world, app, tokens["refresh_token"]).json()
    assert world.documents(newer["access_token"]).status_code == 200
    assert revoke(tokens["refresh_token"]) == 200
    time.sleep(1)
    assert world.documents(newer["access_token"]).status_code == 401


def test_the_person_chooses_where_the_app_is_let_in(
    world: World, company: Company, browser: Browser, app: Registered, proof: Proof
) -> None:
    test = company.founded.tenants["TEST"]
    code = browser.allow(request_of(app, proof), tenant=test)["code"]
    token = world.tokens(app, **exchange_of(code, proof)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    world.post(
        "/billing/v1/contacts",
        json={"name": "Live"},
        headers={"Authorization": f"Bearer {company.key}"},
    )
    assert "Live" not in world.get("/billing/v1/contacts", headers=headers).text


def test_an_app_gets_no_more_than_the_person_has(
    world: World, company: Company, proof: Proof
) -> None:
    app = world.register(company, scope="documents:read documents:write company:write")
    reader = Browser(world, world.person(company.caller, "adviser_read")[1])
    asked = request_of(app, proof, scope="documents:read documents:write")
    code = reader.allow(asked)["code"]
    tokens = world.tokens(app, **exchange_of(code, proof)).json()
    assert tokens["scope"] == "documents:read"
    nothing = request_of(app, proof, scope="company:write")
    assert reader.answer(nothing).status_code == 403


def test_nobody_lets_an_app_in_to_a_foreign_company(
    world: World, browser: Browser, app: Registered, proof: Proof,
    new_organization: Callable[..., Founded],
) -> None:  # fmt: skip
    foreign = new_organization().tenants["LIVE"]
    assert browser.answer(request_of(app, proof), tenant=foreign).status_code == 404


def test_the_owner_of_a_token_has_no_portal_and_no_management(
    world: World, browser: Browser, app: Registered
) -> None:
    headers = {"Authorization": f"Bearer {exchanged(world, app, browser)['access_token']}"}
    assert world.get("/portal/client/invoices", headers=headers).status_code == 403
    assert world.get("/oauth2/clients", headers=headers).status_code == 401
