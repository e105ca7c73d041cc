"""Customers and vendors over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.books.books_api import Api
from tests.surfaces.books.invoice_examples import incoming, invoice, party, purchase, sale

BERLIN = {"street": "Lindenallee 1", "city": "Berlin", "zip": "10115", "country": "DE"}
WHOLE: dict[str, Any] = {
    "name": "Anna Berg",
    "tax_id": "48/731/01234",
    "vat_id": "DE123456789",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "address": BERLIN,
    "notes": "zahlt pünktlich",
}
ROLES = [("customer", "10001", "4400"), ("vendor", "70001", "6815")]
roles = pytest.mark.parametrize("role", ["customer", "vendor"])


@pytest.mark.parametrize(("role", "account", "default"), ROLES)
def test_a_party_is_shown_as_it_was_said(api: Api, role: str, account: str, default: str) -> None:
    said = {**WHOLE, "default_account": default}
    made = api.ok("POST", f"/{role}s", said, status=201)
    rest = {"is_active": True, "open_amount": 0, "account_number": account}
    assert made == {"id": made["id"], **said, **rest}
    assert api.ok("GET", f"/{role}s/{made['id']}") == made
    assert [row["id"] for row in api.ok("GET", f"/{role}s")] == [made["id"]]
    empty = party(api, role, "Bo")
    assert empty["account_number"] == str(int(account) + 1)
    assert empty["address"] is None


@roles
def test_a_field_left_out_stays_and_null_clears_it(api: Api, role: str) -> None:
    path = f"/{role}s/{party(api, role, **{**WHOLE, 'name': 'A'})['id']}"
    assert api.ok("PUT", path, {"notes": "neu"}) == {**api.ok("GET", path), "notes": "neu"}
    cleared = dict.fromkeys(("tax_id", "vat_id", "iban", "bic", "address", "notes"))
    assert cleared.items() <= api.ok("PUT", path, cleared).items()
    assert api.ok("PUT", path, {"address": BERLIN, "iban": ""})["address"] == BERLIN


@roles
def test_any_address_comes_back_as_it_was_said(api: Api, role: str) -> None:
    path = f"/{role}s/{party(api, role)['id']}"
    for address in (
        {"street": "10 Downing Street", "city": "London", "zip": "SW1A 2AA", "country": "GB"},
        {"street": "Rue 1", "city": "Montréal", "zip": "H2X 1Y4", "country": "CA"},
        {"street": "", "city": "Dubai", "zip": "", "country": "AE"},
        {"street": "Berlin", "city": "Berlin", "zip": "", "country": "DE"},
        {"street": "Hof 3, Haus B", "city": "Ulm", "zip": "89073", "country": "DE"},
        {"street": "", "city": "", "zip": "", "country": "FR"},
    ):
        api.ok("PUT", path, {"address": address})
        assert api.ok("GET", path)["address"] == address


@roles
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", None),
        ("name", "x" * 256),
        ("tax_id", "x" * 21),
        ("vat_id", "DE12345"),
        ("iban", "DE02120300000000202052"),
        ("bic", "BYLADEM"),
        ("notes", "x" * 2001),
        ("address", {**BERLIN, "country": "XX"}),
        ("address", {**BERLIN, "planet": "Erde"}),
        ("is_active", True),
    ],
)
def test_what_cannot_stand_is_refused_by_its_field(
    api: Api, role: str, field: str, value: Any
) -> None:
    path = f"/{role}s/{party(api, role)['id']}"
    for method, where in (("POST", f"/{role}s"), ("PUT", path)):
        response = api(method, where, {"name": "B", field: value})
        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
        assert any(name.startswith(field) for name in response.json()["details"])


@roles
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "anna  BERG", "DUPLICATE_NAME"),
        ("name", "Ａnna Berg", "DUPLICATE_NAME"),
        ("name", "Аnna Веrg", "DUPLICATE_NAME"),
        ("name", "Anna\u200b Berg", "DUPLICATE_NAME"),
        ("tax_id", "4873101234", "DUPLICATE_TAX_ID"),
        ("vat_id", "de 123 456 789", "DUPLICATE_VAT_ID"),
    ],
)
def test_nobody_stands_twice_in_a_role(
    api: Api, role: str, field: str, value: str, code: str
) -> None:
    first = party(api, role, **WHOLE)
    other = party(api, role, "Bo Lund")
    for method, path in (("POST", f"/{role}s"), ("PUT", f"/{role}s/{other['id']}")):
        response = api(method, path, {"name": "Cem Kaya", field: value})
        assert response.status_code == 409
        assert response.json()["code"] == code
        assert response.json()["details"] == {"existing_id": first["id"]}
    assert api.ok("PUT", f"/{role}s/{first['id']}", {field: value})


@roles
def test_of_twelve_who_create_the_same_party_at_once_one_succeeds(api: Api, role: str) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: api("POST", f"/{role}s", {"name": "Anna"}), range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11


@pytest.mark.parametrize(
    ("role", "number"),
    [("customer", "6815"), ("customer", "1200"), ("customer", "999999"), ("vendor", "4400")],
)
def test_the_proposed_account_is_of_the_right_type(api: Api, role: str, number: str) -> None:
    path = f"/{role}s/{party(api, role)['id']}"
    body = {"name": "B", "default_account": number}
    for method, where in (("POST", f"/{role}s"), ("PUT", path)):
        assert api.refused(method, where, body) == (400, "ACCOUNT_NOT_FOUND")


@roles
def test_a_change_names_something(api: Api, role: str) -> None:
    path = f"/{role}s/{party(api, role)['id']}"
    assert api.refused("PUT", path, {}) == (400, "NO_CHANGES")


@roles
def test_only_what_is_there_is_shown_changed_and_removed(api: Api, role: str) -> None:
    for method, body in (("GET", None), ("PUT", {"notes": "x"}), ("DELETE", None)):
        assert api.refused(method, f"/{role}s/{uuid4()}", body) == (404, "NOT_FOUND")
        assert api.refused(method, f"/{role}s/7", body) == (400, "INVALID_INPUT")
    other = {"customer": "vendor", "vendor": "customer"}[role]
    assert api.refused("GET", f"/{role}s/{party(api, other)['id']}") == (404, "NOT_FOUND")


@roles
def test_nothing_of_another_company_is_seen_or_named(tenant: Callable[..., Api], role: str) -> None:
    ours, theirs = tenant(), tenant()
    their_party = party(theirs, role, **WHOLE)
    if role == "customer":
        path, body, posted = "/outgoing-invoices", invoice, sale(theirs, "10001")
    else:
        path, body, posted = "/invoices", incoming, purchase(theirs, "70001")
    their_invoice = theirs.ok("POST", path, body(their_party["id"]), status=201)["id"]
    for place in (f"/{role}s/{their_party['id']}", f"{path}/{their_invoice}"):
        assert ours.refused("GET", place) == (404, "NOT_FOUND")
    our_party = party(ours, role, **WHOLE)
    refusal = ours.refused("POST", path, body(their_party["id"]))
    assert refusal == (404, f"{role.upper()}_NOT_FOUND")
    refusal = ours.refused("POST", path, body(our_party["id"], intent_id=posted))
    assert refusal == (404, "INTENT_NOT_FOUND")
    assert ours.ok("GET", path, params={f"{role}_id": their_party["id"]}) == []


@roles
def test_a_key_needs_the_scope_of_the_role(tenant: Callable[..., Api], role: str) -> None:
    module = {"customer": "debitoren", "vendor": "kreditoren"}[role]
    reader = tenant(scopes=(f"{module}:read",))
    assert reader.ok("GET", f"/{role}s") == []
    assert reader.refused("POST", f"/{role}s", {"name": "A"}) == (403, "FORBIDDEN")


@roles
def test_a_party_with_open_invoices_stays(api: Api, role: str) -> None:
    made = party(api, role)
    path, account = f"/{role}s/{made['id']}", made["account_number"]
    if role == "customer":
        posted = sale(api, account)
        api.ok("POST", "/outgoing-invoices", invoice(made["id"], intent_id=posted), status=201)
    else:
        posted = purchase(api, account)
        api.ok("POST", "/invoices", incoming(made["id"], intent_id=posted), status=201)
    assert api.ok("GET", path)["open_amount"] == 119
    assert api.refused("DELETE", path) == (409, "HAS_OPEN_INVOICES")
    api.ok("POST", "/journal/reverse", {"intent_id": posted})
    removed = api.ok("DELETE", path)
    assert (removed["is_active"], removed["open_amount"]) == (False, 0)
    assert api.ok("GET", f"/{role}s", params={"is_active": "true"}) == []
    assert len(api.ok("GET", f"/{role}s", params={"is_active": "false"})) == 1
    assert party(api, role)["id"] != made["id"]


@roles
def test_a_draft_keeps_a_party_and_a_party_gone_gets_no_invoice(api: Api, role: str) -> None:
    drafted, gone = party(api, role, "A"), party(api, role, "B")
    api.ok("DELETE", f"/{role}s/{gone['id']}")
    if role == "customer":
        path, body, code = "/outgoing-invoices", invoice, "CUSTOMER_NOT_FOUND"
    else:
        path, body, code = "/invoices", incoming, "VENDOR_NOT_FOUND"
    api.ok("POST", path, body(drafted["id"]), status=201)
    assert api.refused("DELETE", f"/{role}s/{drafted['id']}") == (409, "HAS_OPEN_INVOICES")
    assert api.refused("POST", path, body(gone["id"])) == (404, code)


def test_a_new_name_is_the_name_of_its_accounts(api: Api) -> None:
    made = party(api, "customer")
    assert party(api, "vendor")["id"] == made["id"]
    api.ok("PUT", f"/customers/{made['id']}", {"name": "Anna Lindgren"})
    found = api.ok("GET", "/accounts/search", params={"q": "lindgren"})["accounts"]
    assert [account["number"] for account in found] == ["10001", "70001"]


def test_customer_and_vendor_of_one_name_are_one_party(api: Api) -> None:
    bought = party(api, "customer", vat_id="DE123456789", default_account="4400")
    sold = party(api, "vendor", iban="DE02120300000000202051", default_account="6815")
    assert (sold["id"], sold["vat_id"]) == (bought["id"], "DE123456789")
    assert (sold["default_account"], sold["account_number"]) == ("6815", "70001")
    seen = api.ok("GET", f"/customers/{bought['id']}")
    assert (seen["default_account"], seen["iban"]) == ("4400", sold["iban"])
    api.ok("DELETE", f"/vendors/{sold['id']}")
    assert api.ok("GET", f"/customers/{bought['id']}")["is_active"]


def test_who_says_something_else_is_another_party(api: Api) -> None:
    bought = party(api, "customer", vat_id="DE123456789")
    assert party(api, "vendor", vat_id="ATU12345678")["id"] != bought["id"]


def test_parties_are_found_by_name_and_vat_id(api: Api) -> None:
    party(api, "vendor", "Große Bücher GmbH", vat_id="DE123456788")
    party(api, "vendor", "Andere")
    for text, count in (("bücher", 1), ("de1234", 1), ("%", 0), ("", 2)):
        assert len(api.ok("GET", "/vendors", params={"search": text})) == count
    response = api("GET", "/vendors", params={"limit": 1})
    assert (len(response.json()), response.headers["X-Total-Count"]) == (1, "2")
