"""What must never work where an app asks: RFC 9700 and RFC 6749 § 10 at the authorization page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from kontorhaus.identity.model import Founded
from tests.surfaces.oauth.world import (
    CALLBACK,
    ISSUER,
    SCOPE,
    Browser,
    Company,
    Proof,
    Registered,
    World,
    form_token,
    request_of,
    told,
)

HOST = "lotsenkasse.example"
LOOPBACK = "http://127.0.0.1/callback"


@pytest.fixture
def proof() -> Proof:
    return Proof()


@pytest.mark.parametrize(
    "redirect_uri",
    [
        f"https://{HOST}/oauth/callback/more",
        f"https://{HOST}/oauth/callback/",
        f"https://{HOST}/oauth/callback?next=1",
        f"https://{HOST}/oauth/callback?",
        f"https://{HOST}/oauth/callback#part",
        f"https://{HOST}:8443/oauth/callback",
        f"https://{HOST}:443/oauth/callback",
        f"https://{HOST.upper()}/oauth/callback",
        f"HTTPS://{HOST}/oauth/callback",
        f"https://{HOST}/oauth/Callback",
        f"https://{HOST}/oauth/%63allback",
        f"https://{HOST}/oauth/../oauth/callback",
        f"https://{HOST}//oauth/callback",
        f"https://user@{HOST}/oauth/callback",
        f"https://evil.example@{HOST}/oauth/callback",
        f"https://{HOST}.evil.example/oauth/callback",
        f"https://evil.example/oauth/callback?x={CALLBACK}",
        f"https://evil.example\\@{HOST}/oauth/callback",
        f"https://sub.{HOST}/oauth/callback",
        f"http://{HOST}/oauth/callback",
        f" {CALLBACK}",
        f"{CALLBACK}\n",
        "//evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "",
    ],
)
@pytest.mark.parametrize("broken", [False, True])
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    browser: Browser, app: Registered, proof: Proof, redirect_uri: str, broken: bool
) -> None:
    """Nor for an error: that would be an open redirect."""
    more = {"response_type": "token"} if broken else {}
    answer = browser.ask(request_of(app, proof, redirect_uri=redirect_uri, **more))
    assert answer.status_code == 422
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("redirect_uri", "status"),
    [
        ("http://127.0.0.1:51004/callback", 200),
        ("http://127.0.0.1/callback", 200),
        ("http://[::1]:51004/callback", 422),
        ("http://localhost:51004/callback", 422),
        ("http://127.0.0.1:51004/callback/more", 422),
        ("http://127.0.0.1:51004/callback?x=1", 422),
        ("http://127.0.0.1:0/callback", 422),
        ("http://127.0.0.1:51004@evil.example/callback", 422),
        ("http://127.0.0.1.evil.example/callback", 422),
        ("http://127.0.0.2:51004/callback", 422),
        ("https://127.0.0.1:51004/callback", 422),
    ],
)
def test_the_port_is_free_on_the_own_machine_of_a_native_app_and_nothing_else(
    world: World, company: Company, browser: Browser, proof: Proof, redirect_uri: str, status: int
) -> None:
    native = world.register(company, kind="native", redirect_uris=[LOOPBACK])
    asked = request_of(native, proof, redirect_uri=redirect_uri)
    assert browser.ask(asked).status_code == status
    web = world.register(company, kind="public", redirect_uris=[LOOPBACK])
    exact = 200 if redirect_uri == LOOPBACK else 422
    assert browser.ask({**asked, "client_id": web.client_id}).status_code == exact


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 44}, "invalid_request"),
        ({"code_challenge": "a" * 42 + "="}, "invalid_request"),
        ({"scope": "documents:read admin"}, "invalid_scope"),
        ({"scope": "documents:write"}, "invalid_scope"),
        ({"scope": "access_invoices"}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
    ],
)
@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_a_wrong_request_goes_back_as_an_error_that_names_this_server(
    world: World, company: Company, browser: Browser, proof: Proof, kind: str,
    change: dict[str, str], error: str,
) -> None:  # fmt: skip
    app = world.register(company, kind=kind)
    answer = browser.ask(request_of(app, proof, **change))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK + "?")
    back = told(answer)
    assert (back["error"], back["iss"], back["state"]) == (error, ISSUER, "xyz")
    assert not {"code", "access_token", "token"} & set(back)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "code_challenge"])
def test_a_parameter_that_comes_twice_is_answered_by_nobody(
    browser: Browser, app: Registered, proof: Proof, name: str
) -> None:
    asked = request_of(app, proof)
    assert browser.ask([*asked.items(), (name, asked[name])]).status_code == 422
    assert browser.ask([*asked.items(), (name, "other")]).status_code == 422


@pytest.mark.parametrize("client_id", ["", "khc_unknown", "khc_\0", "'; drop table oauth_app", "ü"])
def test_an_unknown_app_asks_nobody(
    browser: Browser, app: Registered, proof: Proof, client_id: str
) -> None:
    answer = browser.ask(request_of(app, proof, client_id=client_id))
    assert answer.status_code == 422
    assert "location" not in answer.headers


def test_the_issuer_is_the_same_everywhere(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    metadata = world.get("/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == browser.allow(request_of(app, proof))["iss"] == ISSUER
    assert metadata["authorization_response_iss_parameter_supported"] is True


def test_the_question_cannot_be_framed_nor_read_by_another_site(
    browser: Browser, app: Registered, proof: Proof
) -> None:
    page = browser.ask(request_of(app, proof))
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' https://{HOST};" in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in page.headers


def test_the_form_goes_back_by_303_and_never_takes_itself_along(
    browser: Browser, app: Registered, proof: Proof
) -> None:
    answer = browser.answer(request_of(app, proof))
    assert answer.status_code == 303
    assert set(dict(parse_qsl(urlsplit(answer.headers["location"]).query))) == {
        "code", "state", "iss",
    }  # fmt: skip


def test_nobody_says_yes_for_somebody_else(
    world: World, company: Company, browser: Browser, app: Registered, proof: Proof
) -> None:
    """A form from another site carries no token of this session."""
    asked = request_of(app, proof)
    sent = {"tenant": str(company.caller.tenant_id), "decision": "allow"}
    other = Browser(world, world.person(company.caller, "owner")[1])
    foreign = form_token(other.ask(asked).text)
    for token in ("", "0" * 64, foreign):
        answer = browser.post("/oauth2/authorize", params=asked, data={**sent, "form_token": token})
        assert answer.status_code == 403
    unsigned = world.post("/oauth2/authorize", params=asked, data={**sent, "form_token": "x"})
    assert unsigned.headers["location"].startswith("/login")


def test_what_was_asked_cannot_be_changed_on_the_way_to_the_answer(
    browser: Browser, app: Registered, proof: Proof
) -> None:
    asked = request_of(app, proof)
    page = browser.ask(asked)
    sent = {"form_token": form_token(page.text), "tenant": "", "decision": "allow"}
    for change in ({"scope": "admin"}, {"redirect_uri": "https://evil.example/"}):
        answer = browser.post("/oauth2/authorize", params={**asked, **change}, data=sent)
        assert "code=" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    "uri",
    [
        "http://lotsenkasse.example/cb", "https://Lotsenkasse.example/cb", "https://*.example/cb",
        "https://a@lotsenkasse.example/cb", "https://lotsenkasse.example/cb#x", "javascript:x",
        "https://lotsenkasse.example/a/../cb", "https:///cb", "cb", "myapp:/cb", "data:text/html,x",
        "https://lotsenkasse.example/c b", "https://lotsenkasse.example\\@evil.example/",
        "http://127.0.0.1:99999999/cb", "file:///etc/passwd", "https://ümlaut.example/cb",
    ],
)  # fmt: skip
def test_an_address_that_can_be_mistaken_is_not_registered(
    world: World, company: Company, uri: str
) -> None:
    for kind in ("confidential", "native"):
        body = {"client_name": "A", "kind": kind, "scope": SCOPE, "redirect_uris": [uri]}
        answer = world.post("/oauth2/clients", json=body, headers=company.authorized)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


def test_apps_are_registered_by_administrators_and_seen_by_their_own_company(
    world: World, company: Company, app: Registered, new_organization: Callable[..., Founded]
) -> None:
    foreign = world.company(new_organization())
    path = f"/oauth2/clients/{app.client_id}"
    assert world.get(path, headers=company.authorized).json()["client_name"] == "Lotsenkasse"
    for method, url in (
        (world.get, path),
        (world.patch, path),
        (world.delete, path),
        (world.post, f"{path}/secret"),
    ):
        body = {"json": {}} if method == world.patch else {}
        answer = method(url, headers=foreign.authorized, **body)
        unknown = method(
            url.replace(app.client_id, "khc_unknown"), headers=foreign.authorized, **body
        )
        assert (answer.status_code, answer.json()) == (404, unknown.json())
    assert world.get("/oauth2/clients", headers=foreign.authorized).json() == []
    assert world.get("/oauth2/clients").status_code == 401


def test_a_grown_request_passes_no_longer_than_addresses_may_be(
    browser: Browser, app: Registered, proof: Proof
) -> None:
    asked = urlencode(request_of(app, proof, state="x" * 9000))
    assert browser.get(f"/oauth2/authorize?{asked}").status_code == 414
