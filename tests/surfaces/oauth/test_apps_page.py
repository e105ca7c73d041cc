"""The settings page of apps: registering, showing a secret once, taking access back."""

from __future__ import annotations

import re
import time

from tests.surfaces.oauth.world import (
    CALLBACK,
    Browser,
    Company,
    Proof,
    Registered,
    World,
    exchange_of,
    form_token,
    request_of,
)

PAGE = "/settings/apps"
SECRET = re.compile(r"khx_[0-9a-f]{64}")
ACCESS = re.compile(
    r'name="app" value="([^"]+)"><input type="hidden" name="person" value="([^"]+)"'
)


def let_in(world: World, browser: Browser, app: Registered) -> str:
    proof = Proof()
    code = browser.allow(request_of(app, proof))["code"]
    return str(world.tokens(app, **exchange_of(code, proof)).json()["access_token"])


def test_an_app_is_registered_and_its_secret_shown_once(
    world: World, browser: Browser, company: Company
) -> None:
    form = browser.get(f"{PAGE}/new").text
    sent = {
        "form_token": form_token(form), "name": "Tidebericht", "kind": "confidential",
        "redirect_uris": f"{CALLBACK}\r\n\r\nhttps://tide.example/cb ",
        "scopes": ["bank:read", "documents:read"],
    }  # fmt: skip
    made = browser.post(PAGE, data=sent)
    (secret,) = SECRET.findall(made.text)
    assert secret not in browser.get(PAGE).text
    client_id = re.findall(r"khc_[0-9a-f]{24}", made.text)[0]
    app = Registered(client_id, secret)
    token = world.tokens(app, grant_type="client_credentials").json()
    assert token["scope"] == "bank:read documents:read"
    asked = request_of(app, Proof(), redirect_uri="https://tide.example/cb", scope="bank:read")
    assert browser.ask(asked).status_code == 200
    rotated = browser.post(f"{PAGE}/{client_id}/secret", data={"form_token": form_token(form)})
    assert SECRET.findall(rotated.text) not in ([], [secret])
    gone = browser.post(f"{PAGE}/{client_id}/delete", data={"form_token": form_token(form)})
    assert gone.headers["location"] == f"{PAGE}?done=deleted"
    assert client_id not in browser.get(PAGE).text


def test_a_form_says_which_field_is_wrong(browser: Browser) -> None:
    right = {
        "name": "A", "kind": "public", "redirect_uris": CALLBACK, "scopes": ["bank:read"],
    }  # fmt: skip
    token = form_token(browser.get(f"{PAGE}/new").text)
    for field, wrong in (
        ("name", "x" * 81), ("kind", "x"), ("redirect_uris", "http://x.example/"), ("scopes", []),
    ):  # fmt: skip
        answer = browser.post(PAGE, data={**right, "form_token": token, field: wrong})
        assert answer.status_code == 422, field
        assert f'href="#{field}"' in answer.text


def test_access_is_taken_back_by_one_click_within_a_second(
    world: World, company: Company, app: Registered
) -> None:
    browser = Browser(world, world.person(company.caller, "member")[1])
    tokens = [let_in(world, browser, app) for _ in range(2)]
    assert [world.documents(token).status_code for token in tokens] == [200, 200]
    page = browser.get(PAGE).text
    assert "Lotsenkasse" in page
    assert "Rechnungen lesen, Kontakte lesen" in page
    assert "App registrieren" not in page
    ((app_id, person),) = ACCESS.findall(page)
    sent = {"form_token": form_token(page), "app": app_id, "person": person}
    assert browser.post(f"{PAGE}/access/end", data=sent).status_code == 303
    time.sleep(1)
    assert [world.documents(token).status_code for token in tokens] == [401, 401]
    assert ACCESS.findall(browser.get(PAGE).text) == []
    assert browser.post(f"{PAGE}/access/end", data=sent).status_code == 404


def test_members_see_and_end_what_they_allowed_themselves_and_administrators_everything(
    world: World, company: Company, browser: Browser, app: Registered
) -> None:
    member = Browser(world, world.person(company.caller, "member")[1])
    other = Browser(world, world.person(company.caller, "member")[1])
    token = let_in(world, member, app)
    page = member.get(PAGE).text
    ((app_id, person),) = ACCESS.findall(page)
    foreign = other.get(PAGE).text
    assert ACCESS.findall(foreign) == []
    sent = {"app": app_id, "person": person}
    refused = other.post(f"{PAGE}/access/end", data={**sent, "form_token": form_token(foreign)})
    assert refused.status_code == 403
    assert world.documents(token).status_code == 200
    seen = browser.get(PAGE).text
    assert (app_id, person) in ACCESS.findall(seen)
    ended = browser.post(f"{PAGE}/access/end", data={**sent, "form_token": form_token(seen)})
    assert ended.status_code == 303


def test_only_administrators_register_apps(world: World, company: Company) -> None:
    member = Browser(world, world.person(company.caller, "member")[1])
    token = form_token(member.get(PAGE).text)
    assert member.get(f"{PAGE}/new").status_code == 403
    assert member.post(PAGE, data={"form_token": token, "name": "A"}).status_code == 403
    unsigned = world.post(PAGE, data={"name": "A"})
    assert unsigned.headers["location"].startswith("/login")
