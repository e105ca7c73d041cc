"""Every form of the web pages that changes something, sent once as a browser sends it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from uuid import UUID

from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import begin
from tests.e2e.camt import Payment, statement
from tests.surfaces.audited.billing_calls import INVOICE, LOGO
from tests.surfaces.audited.stage import PASSWORD, Stage
from tests.surfaces.oauth.world import Proof, told
from tests.surfaces.web_factor import STEP, App, codes
from tests.surfaces.web_office import TOKEN, Office

CALLBACK = "https://lotsenkasse.example/callback"
DAY = date(2026, 3, 2)
IBAN = "DE02120300000000202051"


def play(stage: Stage) -> None:
    """All of them, in an order in which each finds what it needs."""
    user, email = stage.person("owner")
    sign_in(stage, email)
    _products(stage)
    _settings(stage)
    _security(stage, email)
    _invoices(stage)
    _bank(stage)
    _apps(stage, str(user))
    _access(stage)
    _keys(stage)
    _users(stage)
    stage.send("POST /place", data={"tenant": str(stage.tenants[0])})
    stage.send("POST /logout")
    stage.client.cookies.clear()
    stage.ids["form_token"] = _token(stage, "/forgotten")
    stage.send("POST /forgotten", data={"email": email})
    stage.ids["token"] = sessions.invite(
        stage.resources.database, secret=secret.of(stage.resources.config.home), user_id=user
    )
    stage.ids["form_token"] = _token(stage, "/setup/{token}")
    changed = {"email": email, "password": "ein ganz anderes Wort"}
    stage.send("POST /setup/{token}", data=changed)
    _customer(stage)


def sign_in(stage: Stage, email: str) -> None:
    """Let somebody in by the door of the pages."""
    stage.ids["form_token"] = _token(stage, "/login")
    stage.send("POST /login", data={"email": email, "password": PASSWORD})
    stage.ids["form_token"] = _token(stage, "/settings")


def _token(stage: Stage, path: str) -> str:
    return TOKEN.search(stage.client.get(stage.filled(path)).text)[1]


def _form(stage: Stage, path: str) -> dict[str, str]:
    return Office(stage.client, stage.resources.database, stage.caller).form(path)


def _products(stage: Stage) -> None:
    product = _form(stage, "/products/new") | {"title": "Hosting"}
    stage.send("POST /products", data=product)
    listed = stage.client.get("/products").text
    stage.ids["public_id"] = re.search(r'href="/products/(\w{10})"', listed)[1]
    stage.send("POST /products/{public_id}", data=product | {"title": "Server"}, changes=True)
    stage.send("POST /products/{public_id}/delete")


def _settings(stage: Stage) -> None:
    for path, change in (
        ("/settings", {"phone": "+49 40 7"}),
        ("/settings/bookkeeping", {"payment_days": "30"}),
        ("/settings/documents", {"number_format": "R{number}"}),
        ("/settings/layout", {"tagline": "Server mit Seeblick"}),
        ("/settings/email", {"sender_name": "Nordlicht"}),
    ):
        stage.send(f"POST {path}", data=_form(stage, path) | change, changes=True)
    logo = {"file": ("logo.svg", LOGO, "image/svg+xml")}
    stage.send("POST /settings/layout/logo", files=logo, changes=True)
    stage.send("POST /settings/layout/logo/remove", changes=True)


def _security(stage: Stage, email: str) -> None:
    begun = {"factor_password": PASSWORD}
    stage.send("POST /settings/security/factor", data=begun)
    stage.send("POST /settings/security/factor/drop")
    stage.send("POST /settings/security/factor", data=begun)
    app = App.taken_from(stage.client.get("/settings/security").text)
    code = {"code": app.code(stage.resources.database.clock.now())}
    first, *_ = codes(stage.send("POST /settings/security/factor/confirm", data=code, changes=True))
    renewed = {"renew_code": first}
    second, third, *_ = codes(stage.send("POST /settings/security/factor/codes", data=renewed))
    stage.client.cookies.clear()
    door = {"form_token": _token(stage, "/login"), "email": email, "password": PASSWORD}
    step = STEP.search(stage.client.post("/login", data=door).text)[1]
    stage.ids["form_token"] = door["form_token"]
    stage.send("POST /login/code", data={"step": step, "code": second})
    stage.ids["form_token"] = _token(stage, "/settings")
    off = {"off_password": PASSWORD, "off_code": third}
    stage.send("POST /settings/security/factor/off", data=off, changes=True)
    keys = secret.of(stage.resources.config.home)
    entry.login(
        stage.resources.database, secret=keys, surface="books", email=email, password=PASSWORD
    )
    ending = re.search(
        r"/settings/security/sessions/([0-9a-f-]+)/end", stage.client.get("/settings/security").text
    )
    stage.ids["session_id"] = ending[1]
    stage.send("POST /settings/security/sessions/{session_id}/end")
    stage.send("POST /settings/security/sessions/end-others")
    another = {"old_password": PASSWORD, "new_password": "ein neues Passwort"}
    stage.send("POST /settings/security/password", data=another)


def _invoices(stage: Stage) -> None:
    made = stage.call("POST /billing/v1/documents", {**INVOICE, "finalized": True})
    stage.ids |= {"public_id": made["id"], "number": made["number"]}
    letter = {"recipient": "a@example.org", "subject": "Rechnung", "message": "Guten Tag"}
    stage.send("POST /invoices/{public_id}/send", data=letter)


def _apps(stage: Stage, user: str) -> None:
    app = {
        "name": "Lotsenkasse", "kind": "confidential", "redirect_uris": CALLBACK,
        "scopes": "documents:read",
    }  # fmt: skip
    page = stage.send("POST /settings/apps", data=app).text
    stage.ids["client_id"] = re.search(r"client_id</dt><dd><code>([^<]+)<", page)[1]
    page = stage.send("POST /settings/apps/{client_id}/secret").text
    given = re.search(r"client_secret</dt><dd><code[^>]*>([^<]+)<", page)[1]
    proof = Proof()
    asked = {
        "response_type": "code", "client_id": stage.ids["client_id"], "redirect_uri": CALLBACK,
        "scope": "documents:read", "state": "x", "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
    }  # fmt: skip
    allowed = {"decision": "allow", "tenant": str(stage.caller.tenant_id)}
    back = stage.send("POST /oauth2/authorize", data=allowed, params=asked)
    code = {
        "grant_type": "authorization_code", "code": told(back)["code"], "redirect_uri": CALLBACK,
        "code_verifier": proof.verifier,
    }  # fmt: skip
    basic = (stage.ids["client_id"], given)
    stage.call("POST /oauth2/token", auth=basic, data=code, by="oauth_client")
    page = stage.client.get("/settings/apps").text
    access = {"app": re.search(r'name="app" value="([^"]+)"', page)[1], "person": user}
    stage.send("POST /settings/apps/access/end", data=access)
    stage.send("POST /settings/apps/{client_id}/delete")


def _access(stage: Stage) -> None:
    """What the seller gives and takes back; one customer keeps a token and an address."""
    listed = stage.client.get("/customers").text
    stage.ids["party_id"] = re.search(r'href="/customers/([0-9a-f-]{36})"', listed)[1]
    page = "/customers/{party_id}"
    stage.send(f"POST {page}/links", data={"email": "einmal@kunde.example"})
    shown = stage.client.get(stage.filled(page)).text
    stage.ids["access_id"] = re.search(r"/links/([0-9a-f-]{36})/revoke", shown)[1]
    stage.send(f"POST {page}/links/{{access_id}}/revoke")
    made = stage.send(f"POST {page}/tokens", data={"name": "einmal"}).text
    stage.ids["key_id"] = re.search(r"/tokens/([0-9a-f-]{36})/revoke", made)[1]
    stage.send(f"POST {page}/tokens/{{key_id}}/revoke")
    made = stage.send(f"POST {page}/tokens", data={"name": "bleibt"}).text
    stage.ids["portal_token"] = re.search(r"khp_[0-9a-f]{64}", made)[0]
    stage.send(f"POST {page}/links", data={"email": "bleibt@kunde.example"})
    party_id = PartyId(UUID(stage.ids["party_id"]))
    with begin(stage.resources.database, stage.caller) as work:
        credit.issue(work, party_id=party_id, issued=Issued("top_up", Money(100), "1800", DAY))
    stage.call("POST /billing/v1/documents", {**INVOICE, "finalized": True})


def _customer(stage: Stage) -> None:
    """A customer at its own pages."""
    stage.client.cookies.clear()
    stage.ids["form_token"] = _token(stage, "/customer/door")
    stage.send("POST /customer/links", data={"email": "bleibt@kunde.example"}, by="customer")
    token = {"token": stage.ids["portal_token"]}
    stage.send("POST /customer/door", data=token, by="customer")
    stage.ids["form_token"] = _token(stage, "/customer")
    listed = stage.client.get("/customer?show=open").text
    stage.ids["serial"] = re.search(r"/customer/invoices/(\d+)", listed)[1]
    stage.send("POST /customer/invoices/{serial}/pay", by="customer")
    stage.send("POST /customer/invoices/{serial}/remove-credit", by="customer")
    stage.send("POST /customer/logout", by="customer")
    stage.ids["token"] = _mailed_link(stage)
    stage.ids["form_token"] = _token(stage, "/customer/enter/{token}")
    stage.send("POST /customer/enter/{token}", by="customer")


def _mailed_link(stage: Stage) -> str:
    """The token of the link that a mail takes along."""
    with begin(stage.resources.database, stage.caller, read_only=True) as work:
        row = work.connection.execute(
            "select sealed from mail where tenant_id = %(tenant)s and sealed is not null"
            " order by id desc limit 1",
            {"tenant": work.tenant_id},
        ).fetchone()
    keys = secret.of(stage.resources.config.home)
    return keys.unseal(row[0], purpose="mail").decode().rpartition("/")[2]


def _keys(stage: Stage) -> None:
    stage.send("POST /settings/keys", data={"name": "Kasse", "surface": "books", "scopes": "admin"})
    page = stage.client.get("/settings/keys").text
    stage.ids["key_id"] = re.search(r"/settings/keys/([0-9a-f-]+)/disable", page)[1]
    for stage.ids["switch"], changes in (("disable", True), ("enable", True), ("delete", False)):
        stage.send("POST /settings/keys/{key_id}/{switch}", changes=changes)


def _users(stage: Stage) -> None:
    stage.send("POST /settings/users", data={"email": f"{uuid7().hex}@hansen.example"})
    page = stage.client.get("/settings/users").text
    stage.ids["user_id"] = re.search(r"/settings/users/([0-9a-f-]+)/role", page)[1]
    stage.send("POST /settings/users/{user_id}/role", data={"role": "auditor"}, changes=True)
    stage.send("POST /settings/users/{user_id}/remove", changes=True)


def _bank(stage: Stage) -> None:
    stage.send("POST /bank", data={"name": "Konto", "iban": IBAN})
    stage.ids["account_id"] = stage.client.get("/bank").headers["location"].split("/")[-1]
    paid = Payment(date(2026, 3, 10), Decimal("140.16"), "Hansen", IBAN, stage.ids["number"])
    file = {"statement": ("x.xml", statement(IBAN, Decimal(0), [paid]), "text/xml")}
    stage.send("POST /bank/{account_id}/statements", files=file)
    page = stage.client.get(stage.filled("/bank/{account_id}?show=suggested")).text
    stage.ids["transaction_id"] = re.search(r"/bank/lines/([0-9a-f-]+)/accept", page)[1]
    target = re.search(r'name="target" value="([^"]+)"', page)[1]
    accepted = {"target": target, "next": "/bank"}
    stage.send("POST /bank/lines/{transaction_id}/accept", data=accepted, changes=True)
    stage.send("POST /bank/lines/{transaction_id}/unmatch", changes=True)
    stage.send("POST /invoices/{public_id}/cancel", data={"reason": "doppelt"})
