"""Cancelling an invoice over HTTP: its number, its files, and what it leaves in the books."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from kontorhaus.invoicing.einvoice import validation
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.periods import actions as periods
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.resources import Resources
from tests.surfaces.billing.billing_api import Api, invoice

XRECHNUNG = {"exportType": "xrechnung"}


def today(resources: Resources) -> date:
    return day_in(resources.database.clock.now(), "Europe/Berlin")


def cancelled(api: Api, body: Any = None, **more: Any) -> Any:
    made = invoice(api, finalized=True, **more)
    return api.ok("POST", f"/documents/{made['id']}/cancel", body)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def test_a_cancelled_invoice_says_so_and_names_its_cancellation(
    api: Api, resources: Resources
) -> None:
    made = invoice(api, finalized=True)
    answer = api.ok(
        "POST", f"/documents/{made['id']}/cancel", {"cancellationReason": "Doppelt berechnet"}
    )
    day = today(resources)
    assert answer["cancelled"] is True
    assert answer["cancelledDate"] == day.isoformat()
    assert answer["cancellationReason"] == "Doppelt berechnet"
    assert answer["references"] == [
        {
            "id": made["id"],
            "type": "invoice",
            "number": f"ST-{day.year}-0001",
            "relation": "cancellation",
        }
    ]
    changed = {"cancelled", "cancelledDate", "cancellationReason", "references"}
    assert {name: answer[name] for name in answer.keys() - changed} == {
        name: made[name] for name in made.keys() - changed
    }
    assert api.ok("GET", f"/documents/{made['id']}") == answer
    listed = api.ok("GET", "/documents?cancelled=true")
    assert [row["id"] for row in listed["results"]] == [made["id"]]
    assert api.ok("GET", "/documents?cancelled=false")["total"] == 0


@pytest.mark.parametrize("body", [None, {}, {"cancellationReason": ""}])
def test_a_reason_is_optional(api: Api, body: Any) -> None:
    assert cancelled(api, body)["cancellationReason"] is None


def test_the_series_has_no_gaps(api: Api, resources: Resources) -> None:
    year = today(resources).year
    numbers = [cancelled(api)["references"][0]["number"] for _ in range(3)]
    assert numbers == [f"ST-{year}-{n:04}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"cancellationReason": "x" * 1001}, 400),
        ({"cancellationReason": 1}, 400),
        ({"reason": "x"}, 400),
        ([], 400),
    ],
)
def test_a_bad_body_changes_nothing(api: Api, body: Any, status: int) -> None:
    made = invoice(api, finalized=True)
    assert api("POST", f"/documents/{made['id']}/cancel", body).status_code == status
    assert api.ok("GET", f"/documents/{made['id']}") == made


def test_only_a_final_invoice_is_cancelled_and_only_once(api: Api) -> None:
    assert api("POST", "/documents/AbCdEf1234/cancel").status_code == 404
    draft = invoice(api)
    estimate = invoice(api, type="estimate", finalized=True)
    done = cancelled(api)
    for made in (draft, estimate, done):
        refused = api("POST", f"/documents/{made['id']}/cancel")
        assert refused.status_code == 409, refused.text
        assert api.ok("GET", f"/documents/{made['id']}") == made


def test_a_cancelled_invoice_takes_a_status_of_its_own_and_nothing_else(api: Api) -> None:
    made = cancelled(api)
    path = f"/documents/{made['id']}"
    for change in ({"paid": True}, {"sent": True}, {"notes": "x"}, {"finalized": True}):
        assert api("PATCH", path, change).status_code == 409
    assert api.ok("GET", path) == made
    assert api("DELETE", path).status_code == 409
    marked = api.ok("PATCH", path, {"customStatus": True, "customStatusName": "geklärt"})
    assert marked["customStatusName"] == "geklärt"


def test_paid_stays_as_it_was(api: Api) -> None:
    made = invoice(api, finalized=True)
    api.ok("PATCH", f"/documents/{made['id']}", {"paid": True, "paidDate": "2026-03-09"})
    answer = api.ok("POST", f"/documents/{made['id']}/cancel")
    assert (answer["paid"], answer["paidDate"]) == (True, "2026-03-09")
    assert api.ok("GET", f"/documents/{made['id']}") == answer
    assert api.ok("GET", "/documents?paid=true&cancelled=true")["total"] == 1
    unpaid = cancelled(api)
    assert unpaid["paid"] is False
    assert api.ok("GET", "/documents?paid=true&cancelled=true")["total"] == 1


def test_a_locked_month_of_today_refuses_the_month_of_the_invoice_does_not(
    tenant: Callable[..., Api], resources: Resources
) -> None:
    api = tenant()
    first, second = invoice(api, finalized=True), invoice(api, finalized=True)
    lock(resources, api, Period.of(date(2026, 3, 2)))
    assert api.ok("POST", f"/documents/{first['id']}/cancel")["cancelled"]
    lock(resources, api, Period.of(today(resources)))
    assert api("POST", f"/documents/{second['id']}/cancel").status_code == 409
    assert api.ok("GET", f"/documents/{second['id']}") == second


def lock(resources: Resources, api: Api, period: Period) -> None:
    with api.working(resources) as work:
        periods.soft_lock(work, period=period)


def test_two_calls_at_once_cancel_once(api: Api) -> None:
    made = invoice(api, finalized=True)
    with ThreadPoolExecutor(8) as racers:
        answers = list(
            racers.map(lambda _: api("POST", f"/documents/{made['id']}/cancel"), range(8))
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert cancelled(api)["references"][0]["number"].endswith("-0002")


def test_a_repeated_key_cancels_once(api: Api) -> None:
    made = invoice(api, finalized=True)
    key = {"Idempotency-Key": "cancel-1"}
    first = api("POST", f"/documents/{made['id']}/cancel", headers=key)
    again = api("POST", f"/documents/{made['id']}/cancel", headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content


def test_the_letter_is_called_stornorechnung_and_shows_amounts_below_zero(api: Api) -> None:
    made = cancelled(api)
    path = f"/documents/{made['id']}/cancellation/pdf"
    first = api("GET", path)
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/pdf"
    number = made["references"][0]["number"]
    assert f'filename="{number}.pdf"' in first.headers["content-disposition"]
    page = text_of(first.content).replace("\u202f", " ").replace("\u2212", "-")
    assert f"Stornorechnung {number}" in page
    assert "RE-2026-0001 vom 02.03.2026" in page
    assert "-140,16" in page
    assert api("GET", path).content == first.content
    inline = api("GET", f"{path}?disposition=inline")
    assert inline.headers["content-disposition"].startswith("inline")
    assert api("GET", f"{path}?disposition=x").status_code == 400
    assert api("GET", f"/documents/{made['id']}/cancellation/xml").status_code == 404


def test_the_cancellation_of_an_xrechnung_is_a_credit_note_in_ubl(api: Api) -> None:
    made = cancelled(api, **XRECHNUNG)
    answer = api("GET", f"/documents/{made['id']}/cancellation/xml")
    assert answer.headers["content-type"].startswith("application/xml")
    root = etree.fromstring(answer.content)
    assert etree.QName(root).localname == "CreditNote"
    names = {"c": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"}
    assert root.findtext("c:CreditNoteTypeCode", namespaces=names) == "381"
    assert root.findtext(".//{*}BillingReference//c:ID", namespaces=names) == made["number"]
    assert root.findtext(".//c:PayableAmount", namespaces=names) == "140.16"
    assert validation.validate(answer.content, "ubl", True) == []
    again = api("GET", f"/documents/{made['id']}/cancellation/xml")
    assert again.content == answer.content
    assert b"%PDF" in api("GET", f"/documents/{made['id']}/cancellation/pdf").content


def test_the_cancellation_of_a_factur_x_carries_cii(api: Api, tmp_path: Any) -> None:
    made = cancelled(api, exportType="factur-x")
    stored = tmp_path / "st.pdf"
    stored.write_bytes(api("GET", f"/documents/{made['id']}/cancellation/pdf").content)
    with pikepdf.open(stored) as pdf:
        xml = pdf.attachments["factur-x.xml"].get_file().read_bytes()
    root = etree.fromstring(xml)
    assert root.findtext(".//{*}ExchangedDocument/{*}TypeCode") == "381"
    reference = root.findtext(".//{*}InvoiceReferencedDocument/{*}IssuerAssignedID")
    assert reference == made["number"]
    assert validation.validate(xml, "cii", False) == []


def test_files_of_a_cancellation_need_a_cancelled_invoice(api: Api) -> None:
    made = invoice(api, finalized=True, **XRECHNUNG)
    for kind in ("pdf", "xml"):
        assert api("GET", f"/documents/{made['id']}/cancellation/{kind}").status_code == 404
        assert api("GET", f"/documents/AbCdEf1234/cancellation/{kind}").status_code == 404


def test_a_cancellation_that_breaks_a_rule_changes_nothing(api: Api) -> None:
    made = invoice(api, finalized=True, **XRECHNUNG)
    api.ok("PATCH", "/company", {"contactInfo": {"phone": ""}})
    refused = api("POST", f"/documents/{made['id']}/cancel")
    assert refused.status_code == 422, refused.text
    assert any(found["rule"] == "BR-DE-6" for found in refused.json()["details"])
    assert api.ok("GET", f"/documents/{made['id']}") == made
    assert api("GET", f"/documents/{made['id']}/cancellation/xml").status_code == 404


def test_cancelling_needs_the_right_to_write(tenant: Callable[..., Api]) -> None:
    reader = tenant(scopes=("documents:read",))
    assert reader("POST", "/documents/AbCdEf1234/cancel").status_code == 403
