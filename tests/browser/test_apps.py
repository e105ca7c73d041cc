"""An app in a real browser: registered, asked for, let in, and put out again."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.browser.conftest import House, Tab
from tests.browser.test_web import barriers

pytestmark = pytest.mark.browser

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_an_app_is_let_in_and_put_out(open_tab: Callable[..., Tab], house: House) -> None:
    """The browser holds the way back to the app against the page's policy."""
    tab = open_tab(locale="de-DE")
    tab.go("/settings/apps/new")
    tab.page.fill("#name", "Lotsenkasse")
    tab.page.select_option("#kind", "native")
    tab.page.fill("#redirect_uris", "http://127.0.0.1/health/live")
    tab.page.check("input[value='documents:read']")
    tab.page.get_by_role("button", name="App registrieren").click()
    client_id = tab.page.locator("dd code").first.inner_text()
    assert barriers(tab) == []
    back = f"http://127.0.0.1:{urlsplit(house.url).port}/health/live"
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": back, "state": "xyz",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    tab.go(f"/oauth2/authorize?{urlencode(asked)}")
    assert barriers(tab) == []
    assert "Rechnungen lesen" in tab.page.locator("main").inner_text()
    tab.page.get_by_role("button", name="Zugriff erlauben").click()
    tab.page.wait_for_url(f"{back}?**")
    told = parse_qs(urlsplit(tab.page.url).query)
    assert told["state"] == ["xyz"]
    assert "code" in told
    assert tab.complaints == []
    tab.go("/settings/apps")
    tab.page.get_by_role("button", name="Löschen").click()
    tab.page.wait_for_url(f"{house.url}/settings/apps?done=deleted")
    assert client_id not in tab.page.locator("main").inner_text()
