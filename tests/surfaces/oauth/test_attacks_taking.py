"""What must never work where an app brings something: codes, tokens and secrets of others."""

from __future__ import annotations

import base64

import pytest

from tests.surfaces.oauth.world import (
    CALLBACK,
    Browser,
    Company,
    Proof,
    Registered,
    World,
    exchange_of,
    request_of,
)


@pytest.fixture
def proof() -> Proof:
    return Proof()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "a" * 64}, "invalid_grant"),
        ({"code_verifier": "a" * 42}, "invalid_request"),
        ({"redirect_uri": ""}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
        ({"code": "0" * 64}, "invalid_grant"),
        ({"code": 'quo"te'}, "invalid_request"),
        ({"grant_type": "password", "username": "a", "password": "b"}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"},
            "unsupported_grant_type",
        ),
    ],
)
def test_a_wrong_exchange_gives_no_token(
    world: World, browser: Browser, app: Registered, proof: Proof,
    change: dict[str, str], error: str,
) -> None:  # fmt: skip
    code = browser.allow(request_of(app, proof))["code"]
    answer = world.tokens(app, **{**exchange_of(code, proof), **change})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert "access_token" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_challenge_itself_proves_nothing(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    answer = world.tokens(app, **exchange_of(code, proof, code_verifier=proof.challenge))
    assert answer.json()["error"] == "invalid_grant"


def test_a_code_of_one_app_is_worth_nothing_to_another_and_stays_good(
    world: World, company: Company, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    for thief in (world.register(company), world.register(company, kind="public")):
        answer = world.tokens(thief, **exchange_of(code, proof))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert world.tokens(app, **exchange_of(code, proof)).status_code == 200


def test_a_refresh_token_of_one_app_is_worth_nothing_to_another_and_stays_good(
    world: World, company: Company, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    tokens = world.tokens(app, **exchange_of(code, proof)).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert world.tokens(world.register(company), **refresh).json()["error"] == "invalid_grant"
    wrong = {"grant_type": "refresh_token", "refresh_token": tokens["access_token"]}
    assert world.tokens(app, **wrong).json()["error"] == "invalid_grant"
    assert world.tokens(app, **refresh).status_code == 200


def test_a_refresh_token_opens_no_door(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    tokens = world.tokens(app, **exchange_of(code, proof)).json()
    for text in (tokens["refresh_token"], code, app.client_secret or "", app.client_id):
        assert world.documents(text).status_code == 401
    assert world.documents(tokens["access_token"]).status_code == 200


def test_a_token_in_the_address_opens_no_door(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    token = world.tokens(app, **exchange_of(code, proof)).json()["access_token"]
    for name in ("access_token", "token", "bearer"):
        assert world.get("/billing/v1/documents", params={name: token}).status_code == 401


def test_credentials_in_the_address_are_not_read(world: World, app: Registered) -> None:
    secret = app.basic[1]
    asked = {"grant_type": "client_credentials", "client_id": app.client_id}
    answer = world.post("/oauth2/token", params={**asked, "client_secret": secret})
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.text
    assert world.get("/oauth2/token", params=asked).status_code == 405


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (401, {"auth": ("khc_unknown", "khx_x")}),
        (401, {"auth": ("APP", "khx_wrong")}),
        (401, {"data": {"client_id": "APP", "client_secret": "khx_wrong"}}),
        (401, {"data": {"client_id": "APP"}}),
        (401, {}),
        (401, {"headers": {"Authorization": "Basic !!!"}}),
        (401, {"headers": {"Authorization": "Basic " + base64.b64encode(b"\xff:\xfe").decode()}}),
        (400, {"auth": ("APP", "SECRET"), "data": {"client_secret": "SECRET"}}),
        (400, {"auth": ("APP", "SECRET"), "data": {"client_id": "khc_other"}}),
    ],
)
@pytest.mark.parametrize("path", ["token", "introspect", "revoke"])
def test_whoever_does_not_prove_to_be_the_app_is_turned_away(
    world: World, app: Registered, path: str, status: int, more: dict[str, object]
) -> None:
    words = {"APP": app.client_id, "SECRET": app.basic[1]}
    auth = more.get("auth")
    data = {
        "grant_type": "client_credentials",
        "token": "x",
        **{name: words.get(text, text) for name, text in dict(more.get("data", {})).items()},  # type: ignore[call-overload]
    }
    answer = world.post(
        f"/oauth2/{path}",
        data=data,
        headers=more.get("headers"),
        auth=tuple(words.get(text, text) for text in auth) if auth else None,  # type: ignore[attr-defined]
    )
    assert answer.status_code == status, answer.text
    assert answer.json()["error"] in ("invalid_client", "invalid_request")
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_an_app_without_a_secret_does_not_speak_for_itself(world: World, company: Company) -> None:
    for kind in ("public", "native"):
        app = world.register(company, kind=kind)
        answer = world.tokens(app, grant_type="client_credentials")
        assert answer.status_code in (400, 401)
        assert "access_token" not in answer.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "grant_type=client_credentials&grant_type=password"),
        ("application/json", '{"grant_type": "password", "grant_type": "client_credentials"}'),
        ("application/json", '{"grant_type": ["client_credentials"]}'),
        ("application/json", "[]"),
        ("application/json", "{"),
        ("text/plain", "grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", "grant_type=client_credentials&scope=%00"),
        ("application/x-www-form-urlencoded", "&".join(f"a{n}=1" for n in range(300))),
    ],
)
def test_a_body_that_can_be_read_in_two_ways_is_read_in_none(
    world: World, app: Registered, kind: str, body: str
) -> None:
    answer = world.post(
        "/oauth2/token", content=body, headers={"Content-Type": kind}, auth=app.basic
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_without_state_the_code_is_still_bound_to_whoever_asked(
    world: World, browser: Browser, app: Registered, proof: Proof
) -> None:
    """An injected code fails at the verifier, and `iss` tells which server it came from."""
    asked = request_of(app, proof)
    del asked["state"]
    back = browser.allow(asked)
    assert set(back) == {"code", "iss"}
    victim = world.tokens(app, **exchange_of(back["code"], Proof()))
    assert victim.json()["error"] == "invalid_grant"


def test_a_deleted_app_has_nothing_left(
    world: World, company: Company, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    tokens = world.tokens(app, **exchange_of(code, proof)).json()
    gone = world.delete(f"/oauth2/clients/{app.client_id}", headers=company.authorized)
    assert gone.status_code == 204
    assert world.documents(tokens["access_token"]).status_code == 401
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert world.tokens(app, **refresh).json()["error"] == "invalid_client"
    assert browser.ask(request_of(app, proof)).status_code == 422


def test_an_old_secret_is_worth_nothing_after_a_new_one(
    world: World, company: Company, app: Registered
) -> None:
    own = {"grant_type": "client_credentials"}
    path = f"/oauth2/clients/{app.client_id}/secret"
    answer = world.post(path, headers=company.authorized)
    assert answer.status_code == 200
    newer = Registered(app.client_id, answer.json()["client_secret"])
    assert world.tokens(app, **own).json()["error"] == "invalid_client"
    assert world.tokens(newer, **own).status_code == 200


def test_introspection_tells_nothing_of_other_apps_and_dead_tokens(
    world: World, company: Company, browser: Browser, app: Registered, proof: Proof
) -> None:
    code = browser.allow(request_of(app, proof))["code"]
    token = world.tokens(app, **exchange_of(code, proof)).json()["access_token"]

    def told_to(asking: Registered, text: str) -> object:
        form = {"token": text}
        return world.post("/oauth2/introspect", data=form, auth=asking.basic).json()

    other = world.register(company)
    assert told_to(other, token) == told_to(app, "kho_nothing") == {"active": False}
    stolen = world.post("/oauth2/revoke", data={"token": token}, auth=other.basic)
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert world.documents(token).status_code == 200
    world.post("/oauth2/revoke", data={"token": token}, auth=app.basic)
    assert told_to(app, token) == {"active": False}
    public = world.register(company, kind="public")
    form = {"token": token, "client_id": public.client_id}
    assert world.post("/oauth2/introspect", data=form).status_code == 401
