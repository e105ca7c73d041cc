"""Payment runs over HTTP: states, four eyes, the SEPA file, races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.runtime import secret
from kontorhaus.runtime.work import begin
from tests.surfaces.books.books_api import Api
from tests.surfaces.books.invoice_examples import incoming, party, purchase

IBAN = "DE89370400440532013000"
OTHER_IBAN = "DE02500105170137075030"
EXECUTION = "2199-01-04"


def bank(api: Api) -> str:
    body = {"name": "Giro", "iban": "DE02120300000000202051", "account_number": "1800"}
    return str(api.ok("POST", "/bank-accounts", {**body, "bic": "BYLADEM1001"}, 201)["id"])


def debt(api: Api, vendor: Any, number: str, gross: float) -> str:
    """An open incoming invoice."""
    intent = purchase(api, vendor["account_number"], gross)
    body = incoming(vendor["id"], number, gross, intent_id=intent)
    return str(api.ok("POST", "/invoices", body, 201)["id"])


def draft(api: Api, *invoices: str, account: str | None = None, **more: Any) -> Any:
    body = {
        "bank_account_id": account or bank(api),
        "execution_date": EXECUTION,
        "invoice_ids": list(invoices),
        **more,
    }
    return api.ok("POST", "/payment-runs", body, 201)


def step(api: Api, run: Any, name: str, **more: Any) -> Any:
    return api.ok("POST", f"/payment-runs/{run['id']}/{name}", **more)


def refused(api: Api, run: Any, name: str) -> tuple[int, str]:
    return api.refused("POST", f"/payment-runs/{run['id']}/{name}")


@pytest.fixture
def vendor(api: Api) -> Any:
    return party(api, "vendor", "Müller & Söhne Größe", iban=IBAN)


@pytest.fixture
def one(api: Api, vendor: Any) -> Any:
    """A draft of one payment."""
    return draft(api, debt(api, vendor, "4711", 119))


def test_a_run_pays_what_remains_and_goes_to_the_bank_once(api: Api, vendor: Any) -> None:
    invoices = [debt(api, vendor, "4711", 119), debt(api, vendor, "4712", 23.8)]
    offered = api.ok("GET", "/payment-runs/eligible-invoices")
    assert [(row["id"], row["total_gross"], row["iban_missing"]) for row in offered] == [
        (invoices[0], "119.00", False),
        (invoices[1], "23.80", False),
    ]
    run = draft(api, *invoices, label="Montag")
    assert (run["status"], run["total_amount"], run["invoice_count"]) == ("draft", "142.80", 2)
    assert run["items"][0]["vendor_iban"] == IBAN
    assert run["items"][0]["amount"] == "119.00"
    assert api.ok("GET", "/payment-runs/eligible-invoices") == []
    assert api.refused("GET", f"/payment-runs/{run['id']}/sepa-xml") == (
        409,
        "INVALID_STATE_TRANSITION",
    )
    assert step(api, run, "approve")["status"] == "approved"
    exported = step(api, run, "export")
    assert exported["run"]["status"] == "exported"
    assert (exported["number_of_transactions"], exported["control_sum"]) == (2, Decimal("142.80"))
    stored = api("GET", f"/payment-runs/{run['id']}/sepa-xml")
    assert stored.text == exported["sepa_xml"]
    assert refused(api, run, "export") == (409, "INVALID_STATE_TRANSITION")
    assert refused(api, run, "cancel") == (409, "INVALID_STATE_TRANSITION")
    assert step(api, run, "complete")["status"] == "completed"
    assert api.ok("GET", f"/payment-runs/{run['id']}")["status"] == "completed"
    rows = api.ok("GET", "/payment-runs", params={"status": "completed"})
    assert [(row["id"], row["label"]) for row in rows] == [(run["id"], "Montag")]
    assert api.ok("GET", "/payment-runs", params={"status": "draft"}) == []


@pytest.mark.parametrize(
    ("version", "date_path"), [("09", "ReqdExctnDt/Dt"), ("03", "ReqdExctnDt")]
)
def test_the_file_says_what_the_run_says(
    tenant: Callable[..., Api], version: str, date_path: str
) -> None:
    api = tenant(TenantSettings(sepa_version=version))
    vendor = party(api, "vendor", "Müller & Söhne Größe", iban=IBAN)
    run = draft(api, debt(api, vendor, "RE/4711 – März", 119))
    step(api, run, "approve")
    exported = step(api, run, "export")
    root = etree.fromstring(exported["sepa_xml"].encode())
    name = f"{{urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}}}"

    def text(path: str) -> str:
        return str(root.findtext(".//" + "/".join(name + part for part in path.split("/"))))

    assert text("GrpHdr/MsgId") == exported["message_id"]
    assert (text("GrpHdr/NbOfTxs"), text("GrpHdr/CtrlSum")) == ("1", "119.00")
    assert (text("PmtInf/NbOfTxs"), text("PmtInf/CtrlSum")) == ("1", "119.00")
    assert text(f"PmtInf/{date_path}") == EXECUTION
    assert text("Cdtr/Nm") == "Mueller + Soehne Groesse"
    assert text("CdtrAcct/Id/IBAN") == IBAN
    assert text("RmtInf/Ustrd") == "RE/4711 - Maerz"
    assert root.find(f".//{name}PstlAdr") is None


def test_a_changed_iban_or_a_payment_ends_an_approved_run(api: Api, vendor: Any) -> None:
    run = draft(api, debt(api, vendor, "4711", 119))
    step(api, run, "approve")
    api.ok("PUT", f"/vendors/{vendor['id']}", {"iban": OTHER_IBAN})
    assert refused(api, run, "export") == (409, "VENDOR_IBAN_CHANGED")
    assert step(api, run, "cancel")["status"] == "cancelled"
    assert len(api.ok("GET", "/payment-runs/eligible-invoices")) == 1


def test_four_eyes_are_two_persons(tenant: Callable[..., Api]) -> None:
    api = tenant(TenantSettings(payment_run_four_eyes=True))
    vendor = party(api, "vendor", "Kraft AG", iban=IBAN)
    run = draft(api, debt(api, vendor, "1", 50))
    assert refused(api, run, "approve") == (403, "SELF_APPROVAL_DENIED")
    assert step(_colleague(api), run, "approve")["status"] == "approved"


def test_four_eyes_of_a_run_outlive_the_setting(tenant: Callable[..., Api]) -> None:
    api = tenant(TenantSettings(payment_run_four_eyes=True))
    vendor = party(api, "vendor", "Kraft AG", iban=IBAN)
    run = draft(api, debt(api, vendor, "1", 50))
    api.ok("PATCH", "/settings", {"payment_run_four_eyes": False})
    assert refused(api, run, "approve") == (403, "SELF_APPROVAL_DENIED")
    assert step(_colleague(api), run, "approve")["status"] == "approved"


def _colleague(api: Api) -> Api:
    with begin(api.resources.database, api.caller) as work:
        person = identity.create_user(
            work, email=f"zweite-{api.caller.tenant_id.hex}@example.org", role="admin"
        )
        issued = identity.create_api_key(
            work,
            secret=secret.of(api.resources.config.home),
            surface="books",
            name="zweite",
            created_by=person,
        )
    return api.with_token(issued.token)


def test_what_cannot_be_paid_is_refused_by_name(api: Api, vendor: Any, one: Any) -> None:
    account = api.ok("GET", "/bank-accounts")[0]["id"]
    poor = party(api, "vendor", "Ohne Konto GmbH")
    without_iban = debt(api, poor, "1", 10)
    draft_invoice = api.ok("POST", "/invoices", incoming(vendor["id"], "9"), 201)["id"]
    random = "01a1f9ac-3cc5-7ace-8e6c-24c658ccbbd6"
    taken = one["items"][0]["invoice_id"]
    cases: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"invoice_ids": [without_iban]}, (400, "VENDOR_IBAN_MISSING")),
        ({"invoice_ids": [draft_invoice]}, (400, "INVALID_INPUT")),
        ({"invoice_ids": [random]}, (404, "INVOICE_NOT_FOUND")),
        ({"invoice_ids": [taken]}, (409, "INVOICE_ALREADY_IN_ACTIVE_RUN")),
        ({"invoice_ids": []}, (400, "INVALID_INPUT")),
        ({"invoice_ids": [without_iban, without_iban]}, (400, "INVALID_INPUT")),
        ({"invoice_ids": [taken], "bank_account_id": random}, (404, "BANK_ACCOUNT_NOT_FOUND")),
        ({"invoice_ids": [taken], "execution_date": "2020-01-01"}, (400, "INVALID_INPUT")),
    ]
    for change, expected in cases:
        body = {"bank_account_id": account, "execution_date": EXECUTION, **change}
        assert api.refused("POST", "/payment-runs", body) == expected, change
    answer = api(
        "POST",
        "/payment-runs",
        {"bank_account_id": account, "execution_date": EXECUTION, "invoice_ids": [without_iban]},
    )
    assert "Ohne Konto GmbH" in answer.json()["message"]


@pytest.mark.parametrize(
    ("done", "step_name"),
    [
        ([], "export"),
        ([], "complete"),
        (["approve"], "approve"),
        (["approve"], "complete"),
        (["cancel"], "approve"),
        (["cancel"], "cancel"),
    ],
)
def test_steps_out_of_turn_are_refused(api: Api, one: Any, done: list[str], step_name: str) -> None:
    for name in done:
        step(api, one, name)
    assert refused(api, one, step_name) == (409, "INVALID_STATE_TRANSITION")


def test_a_run_of_somebody_else_is_not_there(tenant: Callable[..., Api], one: Any) -> None:
    stranger = tenant()
    for name in ("approve", "cancel", "complete", "export"):
        assert refused(stranger, one, name) == (404, "NOT_FOUND")
    assert stranger.refused("GET", f"/payment-runs/{one['id']}") == (404, "NOT_FOUND")


def _race(calls: list[Callable[[], Any]]) -> list[Any]:
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_exports_at_once_one_succeeds(api: Api, one: Any) -> None:
    step(api, one, "approve")
    path = f"/payment-runs/{one['id']}/export"
    answers = _race([lambda: api("POST", path)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def test_approval_and_cancellation_at_once_have_one_outcome(api: Api, vendor: Any) -> None:
    account = bank(api)
    for number in range(10):
        run = draft(api, debt(api, vendor, f"R{number}", 10 + number), account=account)
        path = f"/payment-runs/{run['id']}"
        approved, cancelled = _race(
            [lambda p=path: api("POST", f"{p}/approve"), lambda p=path: api("POST", f"{p}/cancel")]
        )
        assert cancelled.status_code == 200
        assert approved.status_code in (200, 409)
        assert api.ok("GET", path)["status"] == "cancelled"


def test_two_runs_at_once_do_not_take_one_invoice(api: Api, vendor: Any) -> None:
    body = {
        "bank_account_id": bank(api),
        "execution_date": EXECUTION,
        "invoice_ids": [debt(api, vendor, "4711", 119)],
    }
    answers = _race([lambda: api("POST", "/payment-runs", body)] * 6)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


def test_many_payments_go_into_one_file(api: Api, vendor: Any) -> None:
    run = draft(api, *[debt(api, vendor, f"M{n}", 1 + n) for n in range(30)])
    step(api, run, "approve")
    exported = step(api, run, "export")
    assert exported["number_of_transactions"] == 30
    assert exported["control_sum"] == sum(range(1, 31))
