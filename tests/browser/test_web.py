"""The pages in a real browser: no complaint, no barrier, German and English, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import House, Tab

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
PLACES = (
    "/", "/invoices", "/invoices?show=draft", "/customers",
    "/customers?search=nobody", "/products", "/products/new", "/journal",
    "/settings", "/settings/bookkeeping",
    "/settings/documents", "/settings/layout", "/settings/email", "/bank",
    "/settings/apps", "/settings/apps/new", "/settings/security",
    "/datev", "/datev?start=2026-01-01&end=2026-12-31", "/datev?start=2025-01-01&end=2026-12-31",
)  # fmt: skip


def paths(house: House) -> list[str]:
    document = house.company.invoices[0].public_id
    account = house.company.bank_account.id
    return [
        *PLACES, f"/invoices/{document}", f"/invoices/{document}?view=lines", "/nowhere",
        f"/invoices/{document}/send",
        f"/customers/{house.company.invoices[0].content.client.party_id}",
        f"/bank/{account}?show=done", "/journal?search=nothing-like-this",
    ]  # fmt: skip


def barriers(tab: Tab) -> list[str]:
    """What axe finds; it is evaluated, since the page's policy lets nobody insert a script."""
    # a color that is still fading in has no contrast yet
    tab.page.mouse.move(0, 0)
    tab.page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    tab.page.evaluate(AXE.read_text())
    found = tab.page.evaluate(
        f"axe.run(document, {{runOnly: {RULES}, preload: false}}).then(r => r.violations)"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de-DE", "light", 1440), ("de-DE", "dark", 1440), ("en-GB", "light", 1280),
     ("de-DE", "light", 390)],
)  # fmt: skip
def test_no_page_complains_or_has_a_barrier(
    open_tab: Callable[..., Tab], house: House, language: str, scheme: str, width: int
) -> None:
    tab = open_tab(locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    for path in paths(house):
        tab.complaints.clear()
        tab.go(path)
        complaints = [text for text in tab.complaints if "404" not in text]
        assert complaints == [], path
        assert barriers(tab) == [], path
        assert tab.page.locator("html").get_attribute("lang") == language[:2]


def test_the_door_has_no_barrier_and_says_what_is_wrong(browser, house: House) -> None:
    context = browser.new_context(base_url=house.url, locale="en-GB")
    tab = Tab(context.new_page())
    tab.go("/forgotten")
    assert barriers(tab) == []
    tab.page.fill("#email", "nobody@nordlicht.example")
    tab.page.get_by_role("button", name="Send the link").click()
    assert "If we know this address" in tab.page.get_by_role("status").inner_text()
    assert barriers(tab) == []
    tab.go("/login")
    assert barriers(tab) == []
    tab.page.fill("#email", "nobody@nordlicht.example")
    tab.page.fill("#password", "not the password")
    tab.page.get_by_role("button", name="Sign in").click()
    assert tab.page.locator("#password").get_attribute("aria-invalid") == "true"
    assert tab.page.evaluate("document.activeElement.id") == "password"
    assert barriers(tab) == []
    context.close()


def test_no_page_is_wider_than_a_small_screen(open_tab: Callable[..., Tab], house: House) -> None:
    tab = open_tab(viewport={"width": 320, "height": 700})
    for path in paths(house):
        tab.go(path)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_g_and_a_letter_lead_to_each_place(open_tab: Callable[..., Tab], house: House) -> None:
    tab = open_tab()
    tab.go("/")
    places = {
        "r": "/invoices", "k": "/customers",
        "p": "/products", "b": "/bank", "j": "/journal", "d": "/datev",
        "s": "/settings", "h": "/",
    }  # fmt: skip
    for key, path in places.items():
        tab.page.keyboard.press("g")
        tab.page.keyboard.press(key)
        tab.page.wait_for_url(lambda url, path=path: url.removeprefix(house.url).startswith(path))
    assert tab.complaints == []


def test_the_keys_of_a_page_are_listed_and_the_palette_leads_on(
    open_tab: Callable[..., Tab], house: House
) -> None:
    tab = open_tab()
    tab.go("/invoices")
    tab.page.keyboard.press("?")
    assert "Zeile wählen" in tab.page.locator("#keys").inner_text()
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type("jour")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(f"{house.url}/journal")


def test_j_and_k_choose_a_row_and_enter_opens_it(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.go("/invoices?show=all")
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("k")
    chosen = tab.page.locator("tbody tr[aria-current]")
    assert chosen.count() == 1
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/invoices/*")


def test_a_journal_row_opens_beside_the_list_without_a_new_page(
    open_tab: Callable[..., Tab],
) -> None:
    tab = open_tab()
    tab.go("/journal")
    tab.page.evaluate("window.still = true")
    before = tab.page.locator("#intent h2").first.inner_text()
    tab.page.locator("[data-list] tbody tr").last.locator("a").click()
    tab.page.wait_for_function(
        "text => document.querySelector('#intent h2').innerText !== text", arg=before
    )
    assert tab.page.evaluate("window.still") is True
    assert "/journal/" in tab.page.url
    assert tab.complaints == []


def test_enter_accepts_the_offer_and_u_takes_it_back(
    open_tab: Callable[..., Tab], house: House
) -> None:
    tab = open_tab()
    tab.go(f"/bank/{house.company.bank_account.id}?show=suggested")
    count = tab.page.locator("[data-list] .row").count()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".toast")
    assert tab.page.locator("[data-list] .row").count() == count - 1
    assert barriers(tab) == []
    tab.page.keyboard.press("u")
    tab.page.wait_for_selector(".toast", state="detached")
    tab.go(f"/bank/{house.company.bank_account.id}?show=suggested")
    assert tab.page.locator("[data-list] .row").count() == count
    assert tab.complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_a_wrong_field_of_the_settings_is_named_and_kept(
    open_tab: Callable[..., Tab], house: House, script: bool
) -> None:
    tab = open_tab(viewport={"width": 320, "height": 700}, java_script_enabled=script)
    tab.go("/settings")
    iban = tab.page.locator("#iban")
    right = iban.input_value()
    iban.fill("DE02 1203")
    tab.page.get_by_role("button", name="Speichern").click()
    assert iban.get_attribute("aria-invalid") == "true"
    assert iban.input_value() == "DE02 1203"
    if script:
        assert tab.page.evaluate("document.activeElement.className") == "errsum"
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert barriers(tab) == []
    iban.fill(right)
    tab.page.get_by_role("button", name="Speichern").click()
    tab.page.wait_for_url(f"{house.url}/settings?saved=1")
    assert tab.page.locator(".toast").inner_text() == "Gespeichert."
    assert iban.input_value() == right


def test_the_page_of_an_api_needs_no_foreign_host(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.go("/billing/v1/docs")
    tab.page.locator("details.operation summary").first.click()
    tab.page.locator("details.operation .snippets").first.wait_for()
    assert tab.complaints == []


def test_the_theme_is_remembered_and_never_flashes(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(color_scheme="light")
    tab.go("/")
    tab.page.locator("[data-theme-toggle]").click()
    assert tab.page.locator("html").get_attribute("data-theme") == "dark"
    tab.go("/journal")
    assert tab.page.locator("html").get_attribute("data-theme") == "dark"
    background = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(17, 22, 26)"


def test_every_page_works_without_scripts(open_tab: Callable[..., Tab], house: House) -> None:
    tab = open_tab(java_script_enabled=False)
    for path in PLACES:
        tab.go(path)
    tab.go("/bank")
    tab.page.locator("[data-list] .row").last.click()
    assert "line=" in tab.page.url
    tab.page.locator("button[name=language]").click()
    assert tab.page.locator("html").get_attribute("lang") == "en"


def test_the_sums_of_the_pictures_stand_in_their_tables(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.go("/")
    panels = tab.page.locator(".panel")
    assert panels.count() == 4
    for index in range(4):
        panel = panels.nth(index)
        panel.locator("summary").click()
        assert panel.locator("table").is_visible()
    total = tab.page.locator("svg:has(#c-age) text.lab").nth(1).text_content()
    assert total
    assert total.split()[0] in tab.page.locator(".figures").inner_text()


def test_the_picture_of_a_letter_follows_what_is_chosen(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.go("/settings/layout")
    picture = tab.page.locator("img.letter")
    with tab.page.expect_response(lambda answer: "theme=classic" in answer.url) as drawn:
        tab.page.select_option("#theme", "classic")
    assert drawn.value.headers["content-type"] == "image/png"
    assert "form_token" not in (picture.get_attribute("src") or "")
    tab.page.wait_for_function("document.querySelector('img.letter').naturalWidth === 794")
    assert tab.complaints == []
