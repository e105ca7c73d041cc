"""What the portal refuses, in the words of its reader: German, or English if asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from psycopg import OperationalError
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.conventions.call import Visit
from kontorhaus.surfaces.portal.routes import portal
from tests.surfaces import tenants
from tests.surfaces.portal.portal_api import Access, Customer, Shop
from tests.surfaces.portal.test_credit import FORTY, give

UNKNOWN = 10**12
LIST = "/client/invoices"


def said(access: Access, method: str, path: str, status: int, body: Any = None, **more: Any) -> Any:
    """What is said in German without a wish, and in English to who asks for it."""
    texts = []
    for asked, language in ((None, "de"), ("en", "en"), ("de; *;q=0.5", "de")):
        headers = {**more.get("headers", {}), **({"Accept-Language": asked} if asked else {})}
        answer = access(method, path, body, **{**more, "headers": headers})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-language"] == language
        found = answer.json()
        assert found["data"]["message"] == found["message"]
        texts.append(found["message"])
    assert texts[0] == texts[2]
    return texts[0], texts[1]


def test_without_a_valid_token(customer: Customer) -> None:
    german, english = said(replace(customer.portal, token="wrong"), "GET", LIST, 401)
    assert german == "Es braucht ein gültiges Token: Authorization: Bearer …"
    assert english == "A valid token is needed: Authorization: Bearer …"


def test_without_the_scope(shop: Shop, customer: Customer) -> None:
    narrow = replace(customer.portal, token=shop.key(customer.party_id, ("contacts:read",)))
    assert said(narrow, "GET", LIST, 403) == (
        "Dafür braucht es das Recht access_invoices.",
        "This needs the scope access_invoices.",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{LIST}/{UNKNOWN}"),
        ("GET", f"{LIST}/word"),
        ("GET", f"{LIST}/{UNKNOWN}/download"),
        ("GET", f"{LIST}/download/archive"),
        ("POST", f"{LIST}/{UNKNOWN}/pay"),
        ("POST", f"{LIST}/{UNKNOWN}/remove-credit"),
    ],
)
def test_an_invoice_that_is_not_there(customer: Customer, method: str, path: str) -> None:
    assert said(customer.portal, method, path, 404) == (
        "Diese Rechnung gibt es nicht.",
        "There is no such invoice.",
    )


def test_addresses_and_methods_that_are_not_there(customer: Customer) -> None:
    assert said(customer.portal, "GET", "/client/nothing", 404) == (
        "Unter dieser Adresse gibt es nichts.",
        "There is nothing at this address.",
    )
    assert said(customer.portal, "DELETE", LIST, 405) == (
        "Diese Adresse beantwortet diese Methode nicht.",
        "This address does not answer this method.",
    )


def test_credit_that_cannot_be_moved(customer: Customer) -> None:
    customer.invoice(FORTY)
    (number,) = customer.ids()
    pay, remove = f"{LIST}/{number}/pay", f"{LIST}/{number}/remove-credit"
    assert said(customer.portal, "POST", pay, 409) == (
        "Es ist kein Guthaben da, mit dem gezahlt werden könnte.",
        "There is no credit to pay with.",
    )
    assert said(customer.portal, "POST", remove, 409) == (
        "Für diese Rechnung wurde kein Guthaben verwendet.",
        "No credit was applied to this invoice.",
    )
    give(customer, 10000)
    customer.portal.ok("POST", pay)
    assert said(customer.portal, "POST", pay, 409) == (
        "Bei dieser Rechnung ist nichts offen.",
        "Nothing is open on this invoice.",
    )
    assert said(customer.portal, "POST", remove, 409) == (
        "Guthaben lässt sich nur von einer offenen Rechnung zurücknehmen.",
        "Credit is only taken back from an unpaid invoice.",
    )


def test_a_closed_period(shop: Shop, customer: Customer) -> None:
    give(customer, 10000)
    customer.invoice(FORTY)
    (number,) = customer.ids()
    with shop.working() as work:
        month = f"{work.today:%Y-%m}"
    shop.books("POST", f"/v1/periods/{month}/soft-lock", {})
    assert said(customer.portal, "POST", f"{LIST}/{number}/pay", 409) == (
        f"Die Periode {month} ist geschlossen.",
        f"Period {month} is closed.",
    )


@pytest.mark.parametrize(
    ("query", "german", "english"),
    [
        ({"limit": "0"}, "limit: muss mindestens 1 sein",
         "limit: should be greater than or equal to 1"),
        ({"per_page": "1001"}, "per_page: darf höchstens 1000 sein",
         "per_page: should be less than or equal to 1000"),
        ({"offset": "x"}, "offset: muss eine ganze Zahl sein", "offset: must be a whole number"),
        ({"transactions": "x"}, "transactions: muss true oder false sein",
         "transactions: must be true or false"),
        ({"type": "x" * 51}, "type: ist zu lang", "type: is too long"),
        ({"type": "\x01"}, "type: enthält ein Steuerzeichen", "type: holds a control character"),
        ({"type": "\0"}, "Ein Text enthält NUL.", "A text holds NUL."),
        ({f"q{n}": "1" for n in range(1000)}, "Es sind zu viele Parameter.",
         "There are too many parameters."),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_taken_names_the_parameter(
    customer: Customer, query: dict[str, str], german: str, english: str
) -> None:
    assert said(customer.portal, "GET", LIST, 422, params=query) == (german, english)


def test_a_status_that_nothing_has(customer: Customer) -> None:
    german, english = said(customer.portal, "GET", LIST, 422, params={"status": "Lost"})
    assert german.startswith("status: ist keines von Draft, ")
    assert english.startswith("status: is none of Draft, ")


@pytest.mark.parametrize(
    ("body", "german", "english"),
    [
        ({"id": UNKNOWN}, "id: ist nicht die Rechnung der Adresse",
         "id: is not the invoice of the address"),
        ({"id": "x"}, "id: muss eine ganze Zahl sein", "id: must be a whole number"),
        (b'"x"', "body: muss ein Objekt sein", "body: must be an object"),
        (b'{"id": 1, "id": 2}', "id: Der Schlüssel 'id' steht zweimal da.",
         "id: The key 'id' stands twice."),
        (b"{", "Der Inhalt ist kein JSON: Fehler in Zeile 1, Spalte 2.",
         "The body is not JSON: Expecting property name enclosed in double quotes"
         " (line 1, column 2)."),
        (b"\xff", "Der Inhalt ist kein UTF-8.", "The body is not UTF-8."),
        (b"[" * 200, "Der Inhalt ist tiefer als 64 Ebenen verschachtelt.",
         "The body is nested deeper than 64 levels."),
        (b'{"a": NaN}', "NaN ist keine JSON-Zahl.", "NaN is no JSON number."),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_taken_names_the_field(
    customer: Customer, body: Any, german: str, english: str
) -> None:
    customer.invoice()
    path = f"{LIST}/{customer.ids()[0]}/pay"
    assert said(customer.portal, "POST", path, 422, body) == (german, english)


def test_a_key_that_is_none_and_one_that_was_used(customer: Customer) -> None:
    give(customer, 10000)
    customer.invoice(FORTY)
    path = f"{LIST}/{customer.ids()[0]}"
    assert said(
        customer.portal, "POST", f"{path}/pay", 422, headers={"Idempotency-Key": "x" * 256}
    ) == (
        "Idempotency-Key: muss 1 bis 255 druckbare Zeichen haben",
        "Idempotency-Key: must have 1 to 255 printable characters",
    )
    key = {"Idempotency-Key": "once"}
    customer.portal.ok("POST", f"{path}/pay", headers=key)
    assert said(customer.portal, "POST", f"{path}/remove-credit", 422, headers=key) == (
        "Dieser Idempotency-Key wurde für eine andere Anfrage oder einen anderen Inhalt benutzt.",
        "This Idempotency-Key was used for another operation or another body.",
    )


def test_what_is_too_large(customer: Customer) -> None:
    path = f"{LIST}/{UNKNOWN}/pay"
    assert said(customer.portal, "POST", path, 413, b" " * 70_000) == (
        "Der Inhalt ist größer als 65536 Bytes.",
        "The body is larger than 65536 bytes.",
    )
    assert said(customer.portal, "GET", "/" + "x" * 9000, 414) == (
        "Die Adresse ist länger als 8 kB.",
        "The address is longer than 8 kB.",
    )


def test_too_many_requests(customer: Customer, resources: Resources) -> None:
    config = replace(resources.config, rate_limit=1)
    with tenants.opened(portal, replace(resources, config=config)) as few:
        hasty = replace(customer.portal, served=few)
        while hasty("GET", LIST).status_code == 200:
            pass
        assert said(hasty, "GET", LIST, 429) == (
            "Es sind höchstens 1 Anfragen in der Minute.",
            "No more than 1 requests a minute.",
        )


@pytest.mark.parametrize(
    ("status", "trouble", "german", "english"),
    [
        (503, OperationalError,
         "Die Datenbank antwortet gerade nicht: Bitte versuchen Sie es gleich noch einmal.",
         "The database does not answer now: try again in a moment."),
        (500, ZeroDivisionError,
         "Hier ist etwas schiefgegangen; die Anfragenummer (X-Request-Id) benennt es.",
         "Something went wrong here; the request id names it."),
    ],
)  # fmt: skip
def test_when_the_house_is_in_trouble(
    customer: Customer, status: int, trouble: type[Exception], german: str, english: str
) -> None:
    troubled = replace(portal, operations=[])

    @troubled.get(LIST, public=True, answer=None)
    def fail(visit: Visit) -> None:
        """Fail."""
        raise trouble

    app = Starlette(routes=[Mount(portal.base, troubled.asgi(customer.shop.resources))])
    calm = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    assert said(replace(customer.portal, served=calm), "GET", LIST, status) == (german, english)


def test_files_say_their_language(customer: Customer) -> None:
    customer.invoice()
    path = f"{LIST}/{customer.ids()[0]}/download"
    english = {"Accept-Language": "en"}
    assert customer.portal("GET", path, headers=english).headers["content-language"] == "de"
    archive = customer.portal("GET", f"{LIST}/download/archive", headers=english)
    assert archive.headers["content-language"] == "en"
    for page in ("/openapi.json", "/docs"):
        assert customer.portal("GET", page).headers["content-language"] == "en"
