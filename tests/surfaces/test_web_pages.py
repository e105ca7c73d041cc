"""The web pages over HTTP: the door, the pages behind it, and what a form may do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from starlette.testclient import TestClient

from kontorhaus.identity.model import Founded
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as ledger
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.conventions.middleware import Front
from kontorhaus.surfaces.web import routes
from tests.surfaces.web_company import EMAIL, PASSWORD, Company, furnish

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    home: Path = tmp_path_factory.mktemp("home")
    workshop = Workshop(1)
    config = from_environment({"KONTORHAUS_HOME": str(home)})
    yield Resources(config, database, Blobs(home / "blobs"), workshop)
    workshop.close()


@pytest.fixture
def company(database: Database, new_organization: Callable[..., Founded]) -> Iterator[Company]:
    made = furnish(database, new_organization())
    yield made
    with database.connection() as connection:
        connection.execute("delete from app_user where email = %s", (EMAIL,))


@pytest.fixture
def visitor(resources: Resources) -> TestClient:
    return TestClient(routes.create_app(resources), follow_redirects=False)


@pytest.fixture
def owner(visitor: TestClient, company: Company) -> TestClient:
    answer = sign_in(visitor, EMAIL, PASSWORD)
    assert answer.status_code == 303
    return visitor


def form_token(page: str) -> str:
    found = TOKEN.search(page)
    assert found
    return found[1]


def sign_in(client: TestClient, email: str, password: str, target: str = "/"):
    token = form_token(client.get("/login").text)
    form = {"form_token": token, "email": email, "password": password, "next": target}
    return client.post("/login", data=form)


def test_a_stranger_is_led_to_the_door_and_back(visitor, company):
    answer = visitor.get("/journal?month=2026-03")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fjournal%3Fmonth%3D2026-03"
    assert sign_in(visitor, EMAIL, PASSWORD, "/journal").headers["location"] == "/journal"


def test_the_door_does_not_lead_away_from_the_house(visitor, company):
    for target in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        answer = sign_in(visitor, EMAIL, PASSWORD, target)
        assert answer.headers["location"] == "/"
        visitor.cookies.clear()


def test_wrong_password_and_unknown_address_look_the_same(visitor, company):
    wrong = sign_in(visitor, EMAIL, "not the password at all")
    unknown = sign_in(visitor, "nobody@nordlicht.example", "not the password at all")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert "E-Mail oder Passwort stimmt nicht." in wrong.text
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@nordlicht.example", "")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor, company):
    header = sign_in(visitor, EMAIL, PASSWORD).headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=lax" in header


@pytest.mark.parametrize("path", ["/", "/invoices", "/journal", "/bank", "/invoices?show=draft"])
def test_pages_answer_with_a_strict_policy_and_nothing_inline(owner, path):
    answer = owner.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?://", answer.text)


def test_names_are_text_and_never_markup(owner, company):
    page = owner.get("/invoices").text
    assert "Deichgraf &lt;b&gt;Maschinenbau&lt;/b&gt; GmbH" in page


def test_the_overview_says_what_the_books_say(owner, company, database):
    page = owner.get("/").text
    assert "Guten" in page
    assert page.count('class="panel"') == 4
    receivables = sum(found.totals.gross.minor for found in company.invoices)
    shown = f"{receivables // 100 // 1000}.{receivables // 100 % 1000:03},{receivables % 100:02}"
    assert page.count(shown) >= 2


def test_the_invoice_list_has_filters_that_count(owner):
    page = owner.get("/invoices?show=overdue").text
    assert page.count('<tr><th scope="row">') == 2
    assert "überfällig" in page
    assert "Entwurf" in owner.get("/invoices?show=draft").text


def test_an_invoice_shows_its_entry_its_lines_and_its_paper(owner, company):
    document = company.invoices[0]
    page = owner.get(f"/invoices/{document.public_id}").text
    assert document.number in page
    assert "4400" in page
    assert 'class="paper"' in page
    assert "Managed Server M" in owner.get(f"/invoices/{document.public_id}?view=lines").text
    assert "Entwurf" in owner.get(f"/invoices/{company.draft.public_id}").text


def test_the_pdf_of_an_invoice_stays_what_it_is(owner, company):
    path = f"/invoices/{company.invoices[0].public_id}/pdf"
    first, second = owner.get(path), owner.get(path)
    assert first.content[:5] == b"%PDF-"
    assert first.content == second.content
    assert first.headers["content-disposition"].startswith("attachment;")


def test_the_journal_proves_its_chain(owner, company):
    assert company.invoices[0].claim is not None
    intent_id = company.invoices[0].claim.intent_id
    page = owner.get(f"/journal/{intent_id}").text
    assert "Beweis der Kette" in page
    assert 'strong">stimmt<' in page
    assert owner.get("/journal?account=10001&search=RE").status_code == 200
    assert owner.get("/journal?month=2026-13").status_code == 422
    assert owner.get("/journal?search=nothing-like-this").status_code == 200


def test_accepting_an_offer_settles_the_invoice_and_can_be_taken_back(owner, company, database):
    page = owner.get(f"/bank/{company.bank_account.id}?show=suggested").text
    action = re.search(r'action="(/bank/lines/[0-9a-f-]+/accept)"', page)
    target = re.search(r'name="target" value="([^"]+)"', page)
    assert action
    assert target
    form = {"form_token": form_token(page), "target": target[1], "next": "/bank"}
    answer = owner.post(action[1], data=form)
    assert answer.status_code == 303
    after = owner.get(f"/bank/{company.bank_account.id}?show=done").text
    assert '<span class="row__main">Deichgraf Maschinenbau GmbH</span>' in after
    undone = owner.post(action[1].replace("accept", "unmatch"), data=form)
    assert undone.status_code == 303
    caller = Caller(company.founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(database, caller) as work:
        assert ledger.verify(work) == []
        assert ledger.balance(work, account="1800") == Money.zero()


@pytest.mark.parametrize("path", ["/logout", "/place", "/bank", "/login"])
def test_a_form_without_its_token_does_nothing(owner, path):
    answer = owner.post(
        path,
        data={
            "form_token": "f" * 64,
            "tenant": "0" * 32,
            "name": "x",
            "iban": "x",
            "email": "x",
            "password": "x",
        },
    )
    assert answer.status_code == 403
    assert owner.get("/").status_code == 200


def test_an_endless_form_is_not_read(visitor):
    answer = visitor.post("/login", data={"email": "x" * 70_000, "password": "y"})
    assert answer.status_code == 413
    assert "64 kB" in answer.text


def test_a_failure_of_ours_tells_nothing_but_its_request_id(resources, superuser_conninfo):
    closed = Resources(
        resources.config, Database(superuser_conninfo), resources.blobs, resources.workshop
    )
    app = Front(routes.create_app(closed), name="web")
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    client.cookies.set("kontorhaus_session", "khs_anything")
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "psycopg" not in answer.text
    assert "Traceback" not in answer.text


def test_what_belongs_to_others_is_not_there(owner, company, new_organization, database):
    other = furnish_other(database, new_organization())
    assert owner.get(f"/invoices/{other.public_id}").status_code == 404
    token = form_token(owner.get("/").text)
    foreign = str(new_organization().tenants["LIVE"])
    assert owner.post("/place", data={"form_token": token, "tenant": foreign}).status_code == 404


def furnish_other(database, founded):
    with database.connection() as connection:
        connection.execute(
            "update app_user set email = 'moved@x.example' where email = %s", (EMAIL,)
        )
    made = furnish(database, founded).invoices[0]
    with database.connection() as connection:
        connection.execute("delete from app_user where email = %s", (EMAIL,))
        connection.execute(
            "update app_user set email = %s where email = 'moved@x.example'", (EMAIL,)
        )
    return made


def test_changing_to_test_mode_shows_other_books(owner, company):
    token = form_token(owner.get("/").text)
    tenant = str(company.founded.tenants["TEST"])
    assert owner.post("/place", data={"form_token": token, "tenant": tenant}).status_code == 303
    page = owner.get("/").text
    assert 'data-env="test"' in page
    assert "Nichts ist offen." in page
    assert "Hier stehen Ihre Rechnungen" in owner.get("/invoices").text
    assert "Noch ist nichts gebucht" in owner.get("/journal").text
    assert "Erstes Bankkonto" in owner.get("/bank").text


def test_language_and_theme_are_kept_in_cookies(visitor):
    assert '<html lang="en"' in visitor.get("/login", headers={"accept-language": "en"}).text
    wanted = {"language": "en", "theme": "dark", "next": "/x"}
    token = form_token(visitor.get("/login").text)
    answer = visitor.post("/preferences", data={"form_token": token, **wanted})
    assert answer.headers["location"] == "/x"
    assert '<html lang="en" data-theme="dark">' in visitor.get("/login").text


def test_a_wrong_address_ends_on_a_page_with_a_way_out(owner, visitor):
    for client, path in ((owner, "/nowhere"), (visitor, "/static/0/x.css")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Zur Übersicht" in answer.text


def test_files_of_ours_are_kept_for_ever_under_their_version(visitor):
    page = visitor.get("/login").text
    for path in re.findall(r'"(/static/[^"#]+)', page):
        answer = visitor.get(path)
        assert answer.status_code == 200
        if "/vendor/" not in path:
            assert "immutable" in answer.headers["cache-control"]


def test_a_one_time_link_sets_a_password_once(visitor, company, resources):
    keys = secret.of(resources.config.home)
    made = sessions.reset_link(resources.database, secret=keys, email=EMAIL)
    assert made
    path = f"/setup/{made[1]}"
    token = form_token(visitor.get(path).text)
    short = {"form_token": token, "email": EMAIL, "password": "kurz"}
    assert visitor.post(path, data=short).status_code == 422
    long = {**short, "password": "ein ganz neues Passwort"}
    assert visitor.post(path, data=long).headers["location"] == "/"
    assert visitor.get("/").status_code == 200
    visitor.cookies.clear()
    again = {**long, "form_token": form_token(visitor.get(path).text)}
    assert visitor.post(path, data=again).status_code == 422


def count_organizations(database: Database) -> int:
    with psycopg.connect(database.conninfo) as connection:
        row = connection.execute("select count(*) from kontorhaus.organization").fetchone()
    return int(row[0])


def test_the_first_owner_founds_the_company_by_the_printed_link(
    fresh_database, tmp_path_factory, resources
):
    home = tmp_path_factory.mktemp("fresh")
    database = Database(fresh_database(), size=4).open()
    config = from_environment({"KONTORHAUS_HOME": str(home)})
    fresh = Resources(config, database, resources.blobs, resources.workshop)
    token = sessions.first_link(database, secret=secret.of(home))
    client = TestClient(routes.create_app(fresh), follow_redirects=False)
    page = client.get(f"/setup/{token}").text
    assert "Kontenrahmen" in page
    form = {
        "form_token": form_token(page),
        "company": "Deichgraf GmbH",
        "chart": "SKR03",
        "name": "Imke  von Deichgraf",
        "email": "imke@deichgraf.example",
        "password": "zu kurz",
    }
    assert client.post(f"/setup/{token}", data=form).status_code == 422
    assert count_organizations(database) == 0
    form["password"] = "lang genug ist es jetzt"
    assert client.post(f"/setup/{token}", data=form).headers["location"] == "/"
    assert count_organizations(database) == 1
    assert "Deichgraf GmbH" in client.get("/").text
    assert "Imke von Deichgraf" in client.get("/").text
    assert client.post(f"/setup/{token}", data=form).status_code == 422
    database.close()


STATEMENT = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">12.50</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_a_statement_is_read_once_and_only_into_its_own_account(owner, company):
    path = f"/bank/{company.bank_account.id}"
    form = {"form_token": form_token(owner.get(path).text)}

    def upload(text):
        files = {"statement": ("auszug.xml", text.encode(), "application/xml")}
        return owner.post(f"{path}/statements", data=form, files=files)

    mine = STATEMENT.format(iban=company.bank_account.iban)
    assert upload(mine).headers["location"] == f"{path}?new=1&known=0"
    assert upload(mine).headers["location"] == f"{path}?new=0&known=1"
    assert upload(STATEMENT.format(iban="DE02100100100006820101")).status_code == 422
    assert upload("<nonsense").status_code == 422
    assert "1 neue Zeile" in owner.get(f"{path}?new=1&known=0").text


def test_an_invoice_is_cancelled_on_its_page(owner, company):
    document = company.invoices[0]
    path = f"/invoices/{document.public_id}"
    page = owner.get(path).text
    assert "Rechnung stornieren" in page
    form = {"form_token": form_token(page), "reason": "Doppelt <b>berechnet</b>"}
    assert owner.post(f"{path}/cancel", data={**form, "form_token": "x"}).status_code == 403
    assert owner.post(f"{path}/cancel", data=form).headers["location"] == path
    page = owner.get(path).text
    assert re.search(r"Storniert durch ST-\d{4}-0001", page)
    assert "Doppelt &lt;b&gt;berechnet&lt;/b&gt;" in page
    assert "Rechnung stornieren" not in page
    reversal = re.search(r'href="(/journal/[^"]+)">Stornobuchung ansehen', page)
    assert reversal
    assert "Storno: Rechnung" in owner.get(reversal[1]).text
    assert owner.get(f"{path}/cancellation-pdf").content.startswith(b"%PDF")
    assert owner.post(f"{path}/cancel", data=form).status_code == 409
