"""Forged, bent and borrowed tokens open nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

from kontorhaus.identity.signing import actions as signing
from kontorhaus.identity.signing import store
from kontorhaus.runtime import secret
from tests.surfaces.management.management_api import CLIENT, House, code, ok

HOUR = 3600
Claims = dict[str, Any]


def packed(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@dataclass
class Forge:
    """A good token, and the server's own key to sign others with."""

    good: str
    refresh: str
    key: ECKey

    @property
    def parts(self) -> list[str]:
        return self.good.split(".")

    @property
    def header(self) -> Claims:
        return dict(json.loads(unpacked(self.parts[0])))

    @property
    def claims(self) -> Claims:
        return dict(json.loads(unpacked(self.parts[1])))

    def signed(self, claims: Claims | None = None, key: ECKey | None = None, **header: Any) -> str:
        """A token as a client of the library makes one, with a signature that is right."""
        head = packed({**self.header, **header})
        body = packed(self.claims if claims is None else claims)
        return f"{head}.{body}.{signature(key or self.key, f'{head}.{body}')}"

    def unsigned(self, **header: Any) -> str:
        return f"{packed({**self.header, **header})}.{self.parts[1]}."

    def by_mac(self, alg: str, key: bytes) -> str:
        head = packed({**self.header, "alg": alg})
        text = f"{head}.{self.parts[1]}"
        return f"{text}.{packed(hmac.new(key, text.encode(), hashlib.sha256).digest())}"

    def flipped(self, part: int) -> str:
        parts = self.parts
        raw = bytearray(unpacked(parts[part]))
        raw[len(raw) // 2] ^= 1
        parts[part] = packed(bytes(raw))
        return ".".join(parts)


def signature(key: ECKey, text: str) -> str:
    """The signature of a text as JWS has it: both numbers in 32 bytes each."""
    private: Any = key.get_op_key("sign")
    r, s = decode_dss_signature(private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


ATTACKS: dict[str, Callable[[Forge], str]] = {
    "alg none": lambda f: f.unsigned(alg="none"),
    "alg None": lambda f: f.unsigned(alg="None"),
    "alg NONE": lambda f: f.unsigned(alg="NONE"),
    "alg none with the signature": lambda f: f"{f.unsigned(alg='none')}{f.parts[2]}",
    "HS256 with the public key": lambda f: f.by_mac("HS256", f.key.as_pem(private=False)),
    "HS256 with the public JWK": lambda f: f.by_mac(
        "HS256", json.dumps(f.key.as_dict(private=False)).encode()
    ),
    "HS256 with nothing": lambda f: f.by_mac("HS256", b""),
    "ES256 by a MAC": lambda f: f.by_mac("ES256", b"secret"),
    "ES384 in the header": lambda f: f.signed(alg="ES384"),
    "empty signature": lambda f: ".".join([*f.parts[:2], ""]),
    "zero signature": lambda f: ".".join([*f.parts[:2], packed(bytes(64))]),
    "short signature": lambda f: ".".join([*f.parts[:2], packed(unpacked(f.parts[2])[:63])]),
    "signature of another token": lambda f: ".".join([*f.parts[:2], f.refresh.split(".")[2]]),
    "signature with padding": lambda f: f"{f.good}==",
    "kid of a path": lambda f: f.signed(kid="../../dev/null"),
    "kid of SQL": lambda f: f.signed(kid="' union select kid from signing_key --"),
    "kid of nothing": lambda f: f.signed(kid=""),
    "kid of a number": lambda f: f.signed(kid=0),
    "jku": lambda f: f.signed(jku="http://127.0.0.1/keys.json"),
    "jwk of one's own": lambda f: f.signed(
        key=OTHER, jwk={name: str(v) for name, v in OTHER.as_dict(private=False).items()}
    ),
    "x5u": lambda f: f.signed(x5u="http://127.0.0.1/cert.pem"),
    "x5c": lambda f: f.signed(x5c=["MII="]),
    "crit": lambda f: f.signed(crit=["b64"], b64=False),
    "another server's key": lambda f: f.signed(key=OTHER),
    "expired": lambda f: f.signed({**f.claims, "exp": f.claims["iat"]}),
    "exp as a text": lambda f: f.signed({**f.claims, "exp": "9999999999"}),
    "exp missing": lambda f: f.signed({k: v for k, v in f.claims.items() if k != "exp"}),
    "not yet": lambda f: f.signed({**f.claims, "nbf": f.claims["nbf"] + HOUR}),
    "issued tomorrow": lambda f: f.signed({**f.claims, "iat": f.claims["iat"] + 24 * HOUR}),
    "another audience": lambda f: f.signed({**f.claims, "aud": "https://example.org"}),
    "many audiences": lambda f: f.signed({**f.claims, "aud": [f.claims["aud"], "x"]}),
    "another issuer": lambda f: f.signed({**f.claims, "iss": "https://example.org"}),
    "issuer missing": lambda f: f.signed({k: v for k, v in f.claims.items() if k != "iss"}),
    "a refresh token": lambda f: f.refresh,
    "typ of nothing": lambda f: f.signed({**f.claims, "typ": None}),
    "TEST made LIVE": lambda f: f.signed({**f.claims, "env": "TEST"}),
    "another organization": lambda f: f.signed(
        {**f.claims, "organization_id": "00000000-0000-0000-0000-000000000000"}
    ),
    "another subject": lambda f: f.signed(
        {**f.claims, "sub": "api_key:00000000-0000-0000-0000-000000000000"}
    ),
    "a person's subject": lambda f: f.signed(
        {**f.claims, "sub": f.claims["sub"].replace("api_key", "session")}
    ),
    "claims that are no object": lambda f: f.signed([f.claims]),  # type: ignore[arg-type]
    "a bit of the header": lambda f: f.flipped(0),
    "a bit of the claims": lambda f: f.flipped(1),
    "a bit of the signature": lambda f: f.flipped(2),
    "claims exchanged": lambda f: ".".join(
        [f.parts[0], packed({**f.claims, "env": "TEST"}), f.parts[2]]
    ),
    "a part too many": lambda f: f"{f.good}.e30",
    "a part too few": lambda f: ".".join(f.parts[:2]),
    "the secret of the key": lambda f: "khm_" + "0" * 64,
    "encrypted": lambda f: ".".join([packed({"alg": "dir", "enc": "A256GCM"}), "", "", "", ""]),
}
OTHER = ECKey.generate_key("P-256")


@pytest.fixture
def forge(mine: House) -> Forge:
    answer = ok(mine.auth())
    database, keys = mine.resources.database, secret.of(mine.resources.config.home)
    with database.connection() as connection:
        newest = store.newest_key(connection)
    assert newest is not None
    private = ECKey.import_key(keys.unseal(newest.sealed, purpose="signing_key"))
    return Forge(answer["access_token"], answer["refresh_token"], private)


def test_what_is_rightly_signed_here_is_let_in(mine: House, forge: Forge) -> None:
    assert ok(replace(mine, token=forge.good).call("GET", "/organizations"))["count"] == 1
    signed = forge.signed()
    assert signed != forge.good
    assert ok(replace(mine, token=signed).call("GET", "/organizations"))["count"] == 1


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) >= 20


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(mine: House, forge: Forge, name: str) -> None:
    token = ATTACKS[name](forge)
    answer = replace(mine, token=token).call("GET", "/organizations")
    assert code(answer, 401) == "E_UNAUTHORIZED"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    refreshed = {"refresh_token": token}
    if token != forge.refresh:
        assert code(mine.auth(**refreshed), 401) == "E_WRONG_LOGIN"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic eDp5", "Token x", "Bearer \x7f", f"Bearer {'x' * 9000}"],
)
def test_a_header_without_a_token_is_refused(mine: House, header: str) -> None:
    answer = mine.call("GET", "/organizations", headers={"Authorization": header})
    assert code(answer, 401) == "E_UNAUTHORIZED"


def test_a_token_of_an_earlier_key_ends_with_it(mine: House, forge: Forge) -> None:
    database = mine.resources.database
    with database.connection() as connection:
        connection.execute("delete from signing_key")
    late = replace(mine, token=forge.signed({**forge.claims, "jti": "later"}))
    assert code(late.call("GET", "/organizations"), 401) == "E_UNAUTHORIZED"
    assert signing.public_keys(database) == []
    assert ok(mine.auth())


def test_a_test_token_opens_nothing_live(house: Callable[..., House]) -> None:
    mine = house("TEST")
    assert ok(mine.auth())["access_token_claims"]["env"] == "TEST"
    with mine.resources.database.connection() as connection:
        row = connection.execute(
            "select count(*) from api_key k join tenant t on t.id = k.tenant_id"
            " where t.organization_id = %s and t.environment = 'LIVE'",
            (mine.founded.organization_id,),
        ).fetchone()
    assert row == (0,)
    made = mine.post(f"/organizations/{mine.id}/api-keys", {"name": "probe"})
    assert made["_envs"] == ["TEST"]
    billed = {**CLIENT, "billing_options": {"bill_to_organization": mine.id}}
    assert mine.post("/organizations", billed)["_envs"] == ["TEST"]
