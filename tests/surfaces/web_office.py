"""A browser of somebody in a company, for tests of the forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.model import Founded, Profile, TenantSettings
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.web import routes

PASSWORD = "ein langes Passwort"
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
INPUT = re.compile(r'<input class="input[^"]*" id="(\w+)"[^>]* value="([^"]*)"')
SELECT = re.compile(r'<select class="select" id="(\w+)".*?<option value="(\w+)" selected')
AREA = re.compile(r'<textarea class="area" id="(\w+)"[^>]*>([^<]*)<')
HIDDEN = re.compile(r'<input type="hidden" name="(type)" value="([^"]*)"')
TICKED = re.compile(r'<input class="switch"[^>]* id="(\w+)"[^>]* checked')
COMPLAINT = re.compile(r'<span class="error" id="(\w+)-note">.*?</svg>([^<]+)<')


@dataclass
class Office:
    """A browser of somebody in a company, and the company as the program sees it."""

    client: TestClient
    database: Database
    caller: Caller

    def form(self, path: str) -> dict[str, str]:
        """What a browser would send of the page as it stands."""
        page = self.client.get(path).text
        token = TOKEN.search(page)
        assert token
        found = [*HIDDEN.findall(page), *INPUT.findall(page), *AREA.findall(page)]
        texts = {name: unescape(text) for name, text in found}
        ticked = dict.fromkeys(TICKED.findall(page), "on")
        return {"form_token": token[1], **texts, **dict(SELECT.findall(page)), **ticked}

    def send(self, path: str, **typed: str | None) -> Any:
        form = {**self.form(path), **typed}
        sent = {name: text for name, text in form.items() if text is not None}
        return self.client.post(path, data=sent)

    @property
    def profile(self) -> Profile:
        with begin(self.database, self.caller) as work:
            return queries.profile(work)

    @property
    def settings(self) -> TenantSettings:
        with begin(self.database, self.caller) as work:
            return queries.settings(work)


def complaints(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    assert answer.text.count('class="errsum"') == 1
    found = dict(COMPLAINT.findall(answer.text))
    for name in found:
        assert f'id="{name}" name="{name}" aria-invalid="true"' in answer.text
        assert f'<a href="#{name}">' in answer.text
    return found


def sign_in(resources: Resources, founded: Founded, role: str) -> Office:
    """A person with the role, signed in to a company."""
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    email = f"{uuid7().hex}@nordlicht.example"
    with begin(resources.database, caller) as work:
        identity.create_user(work, email=email, role=role, password=PASSWORD)
    client = TestClient(routes.create_app(resources), follow_redirects=False)
    token = TOKEN.search(client.get("/login").text)
    assert token
    form = {"form_token": token[1], "email": email, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 303
    return Office(client, resources.database, caller)
