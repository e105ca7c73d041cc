"""Tokens: who gets one, what it says, and when it stops to work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.testclient import TestClient

from kontorhaus.app import asgi
from kontorhaus.identity.signing import actions as signing
from kontorhaus.runtime import secret
from tests.surfaces.management.management_api import BASE, PASSWORD, House, code, ok


def test_a_key_pair_gets_tokens_that_say_what_they_are(mine: House) -> None:
    answer = ok(mine.auth())
    claims = jwt.decode(
        answer["access_token"],
        KeySet.import_key_set({"keys": list(signing.public_keys(mine.resources.database))}),  # type: ignore[typeddict-item]
        algorithms=["ES256"],
    ).claims
    assert answer["access_token_claims"] == {"env": "LIVE", "organization_id": mine.id}
    assert set(claims) == {
        *("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "typ", "env", "organization_id")
    }
    assert claims["typ"] == "access"
    assert claims["organization_id"] == mine.id
    assert answer["access_token_expires_in"] <= 30 * 60
    assert answer["access_token_expires_at"] == claims["exp"]
    assert answer["refresh_token_expires_in"] > answer["access_token_expires_in"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic eDp5"])
def test_whatever_authorization_is_sent_to_auth_is_ignored(mine: House, header: str) -> None:
    body = {"api_key": mine.key.public_id, "api_secret": mine.key.token}
    answer = mine.served.post(f"{BASE}/auth", json=body, headers={"Authorization": header})
    assert ok(answer)["access_token"]


def test_auth_takes_a_form_as_well_as_json(mine: House) -> None:
    body = {"api_key": mine.key.public_id, "api_secret": mine.key.token}
    assert ok(mine.served.post(f"{BASE}/auth", data=body))["access_token"]


def test_a_body_on_a_get_is_ignored(mine: House) -> None:
    for body in ({}, []):
        assert ok(mine.call("GET", "/organizations", body))["count"] == 1


def test_a_person_gets_tokens_for_address_and_password(mine: House) -> None:
    person = mine.as_person()
    assert [row["_id"] for row in person.get("/organizations")["data"]] == [mine.id]


def test_a_refresh_token_gets_a_new_access_token_and_stays_what_it_is(mine: House) -> None:
    first = ok(mine.auth())
    second = ok(mine.auth(refresh_token=first["refresh_token"]))
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] == first["refresh_token"]
    assert second["refresh_token_expires_at"] == first["refresh_token_expires_at"]


@pytest.mark.parametrize(
    "body",
    [
        {"api_key": "khi_nobody", "api_secret": "khm_nothing"},
        {"email": "nobody@example.de", "password": PASSWORD},
        {"refresh_token": "a.b.c"},
    ],
)
def test_who_cannot_prove_itself_gets_no_token(mine: House, body: dict[str, str]) -> None:
    assert code(mine.auth(**body), 401) == "E_WRONG_LOGIN"


def test_the_halves_of_two_keys_open_nothing(house: Callable[..., House]) -> None:
    one, other = house(), house()
    answer = one.auth(api_key=one.key.public_id, api_secret=other.key.token)
    assert code(answer, 401) == "E_WRONG_LOGIN"


def test_an_access_token_is_no_refresh_token(mine: House) -> None:
    access = ok(mine.auth())["access_token"]
    assert code(mine.auth(refresh_token=access), 401) == "E_WRONG_LOGIN"


@pytest.mark.parametrize(
    "body",
    [{}, {"api_key": "x"}, {"api_key": 1, "api_secret": "x"}, {"email": "x", "password": "x"}],
)
def test_half_a_proof_is_a_bad_request(mine: House, body: dict[str, object]) -> None:
    answer = mine.served.post(f"{BASE}/auth", json=body)
    assert code(answer, 400) == "E_INVALID_INPUT"


def test_passwords_are_not_looked_at_for_ever(mine: House) -> None:
    answers = [mine.auth(email=mine.email, password=f"falsch {n:09}") for n in range(12)]
    last = answers[-1]
    assert code(last, 429) == "E_TOO_MANY_ATTEMPTS"
    assert int(last.headers["Retry-After"]) > 0


def test_tokens_outlive_the_key_that_signed_them_and_then_it_is_gone(mine: House) -> None:
    database, keys = mine.resources.database, secret.of(mine.resources.config.home)
    mine.get("/organizations")
    before = signing.public_keys(database)
    assert signing.rotate(database, secret=keys, only_if_due=True) is False
    assert signing.rotate(database, secret=keys) is True
    after = signing.public_keys(database)
    assert after[1:] == before
    assert ok(mine.call("GET", "/organizations"))["count"] == 1
    clock = database.clock
    try:
        database.clock = _Later(clock.now() + timedelta(days=31))  # type: ignore[assignment]
        assert signing.rotate(database, secret=keys, only_if_due=True) is True
        newest, *others = signing.public_keys(database)
        assert others == after[:1]
        assert newest not in after
    finally:
        database.clock = clock
    mine.token = ""
    assert mine.get("/organizations")["count"] == 1


class _Later:
    def __init__(self, instant: object) -> None:
        self.now = lambda: instant


def test_everybody_may_have_the_public_halves(mine: House) -> None:
    mine.get("/organizations")
    with TestClient(asgi.create_app(mine.resources), base_url="http://127.0.0.1") as client:
        found = client.get("/.well-known/jwks.json").json()["keys"]
    assert found
    for key in found:
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
        assert "d" not in key
