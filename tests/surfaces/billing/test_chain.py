"""From estimate to invoice over HTTP: what is taken over, what is left, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from tests.surfaces.billing.billing_api import LINES, Api, invoice


def made(api: Api, kind: str, **more: Any) -> Any:
    return invoice(api, **{"type": kind, "finalized": True, **more})


def converted(api: Api, document: Any, kind: str, **more: Any) -> Any:
    body = {"type": kind, "finalized": True, **more}
    return api.ok("POST", f"/documents/{document['id']}/convert", body, 201)


def refused(api: Api, document: Any, body: Any) -> tuple[int, str]:
    answer = api("POST", f"/documents/{document['id']}/convert", body)
    return answer.status_code, answer.json()["error"]


def relations(api: Api, document: Any) -> list[tuple[str, str]]:
    found = api.ok("GET", f"/documents/{document['id']}")["references"]
    return [(each["relation"], each["number"]) for each in found]


def test_an_estimate_becomes_an_invoice_by_order_and_delivery(api: Api) -> None:
    estimate = made(api, "estimate", discountRate=3, date="2026-03-02")
    order = converted(api, estimate, "order-confirmation", date="2026-03-03")
    note = converted(api, order, "delivery-note", date="2026-03-09")
    bill = converted(api, note, "invoice", date="2026-03-10", exportType="factur-x")
    assert [each["number"] for each in (estimate, order, note, bill)] == [
        "AN-2026-0001",
        "AB-2026-0001",
        "LS-2026-0001",
        "RE-2026-0001",
    ]
    kept = ("client", "discountRate", "totalAmount", "priceLayout", "vatRegulation")
    for name in kept:
        assert bill[name] == estimate[name]
    assert [line["title"] for line in bill["lines"]] == ["Hosting S", "Buch"]
    assert [line["parentLine"] for line in bill["lines"]] == [1, 2]
    assert (bill["serviceDate"], bill["serviceDateType"]) == ("2026-03-09", "delivery-date")
    assert bill["exportType"] == "factur-x"
    assert relations(api, estimate) == [("successor", "AB-2026-0001")]
    assert relations(api, order) == [("parent", "AN-2026-0001"), ("successor", "LS-2026-0001")]
    assert relations(api, bill) == [("parent", "LS-2026-0001")]
    assert bill["parentId"] == note["id"]
    rows = api.ok("GET", "/documents?type=invoice")["results"]
    assert rows[0]["parentId"] == note["id"]
    done = api.ok("GET", f"/documents/{order['id']}/chain")
    assert [(line["quantity"], line["delivered"], line["invoiced"]) for line in done["lines"]] == [
        (2, 2, 2),
        (1, 1, 1),
    ]


def test_an_order_is_delivered_and_invoiced_in_parts(api: Api) -> None:
    chairs = [{"title": "Stuhl", "quantity": 10, "netPrice": 50}]
    order = made(api, "order-confirmation", lines=chairs)
    first = converted(api, order, "delivery-note", lines=[{"line": 1, "quantity": 4}])
    assert first["lines"][0]["quantity"] == 4
    second = converted(api, order, "delivery-note")
    assert second["lines"][0]["quantity"] == 6
    assert refused(api, order, {"type": "delivery-note"})[0] == 409
    converted(api, first, "invoice")
    done = api.ok("GET", f"/documents/{order['id']}/chain")["lines"][0]
    assert (done["delivered"], done["invoiced"]) == (10, 4)
    assert refused(api, order, {"type": "invoice", "lines": [{"line": 1, "quantity": 7}]}) == (
        400,
        "lines: Of line 1 there is 6 left.",
    )
    assert converted(api, order, "invoice")["lines"][0]["quantity"] == 6


def test_a_cancelled_invoice_leaves_its_lines_to_be_invoiced_again(api: Api) -> None:
    order = made(api, "order-confirmation")
    bill = converted(api, order, "invoice")
    assert refused(api, order, {"type": "invoice"})[0] == 409
    api.ok("POST", f"/documents/{bill['id']}/cancel")
    assert converted(api, order, "invoice")["totalAmount"] == Decimal("140.16")


def test_a_deleted_draft_leaves_no_trace_in_the_chain(api: Api) -> None:
    order = made(api, "order-confirmation")
    draft = converted(api, order, "invoice", finalized=False)
    assert relations(api, order) == [("successor", f"DRAFT-{draft['id']}")]
    api.ok("DELETE", f"/documents/{draft['id']}", status=204)
    assert relations(api, order) == []
    assert converted(api, order, "invoice")["number"] == "RE-2026-0001"


def test_a_document_made_by_hand_may_name_its_parent(api: Api) -> None:
    order = made(api, "order-confirmation")
    lines = [{**LINES[0], "quantity": 1, "parentLine": 1}]
    bill = made(api, "invoice", parentId=order["id"], lines=lines)
    assert bill["parentId"] == order["id"]
    done = api.ok("GET", f"/documents/{order['id']}/chain")["lines"]
    assert [line["invoiced"] for line in done] == [1, 0]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("purchase-order", {"type": "invoice"}, 400),
        ("delivery-note", {"type": "estimate"}, 400),
        ("estimate", {"type": "delivery-note", "invoiceType": "partial"}, 400),
        ("estimate", {"type": "invoice", "invoiceType": "credit-note"}, 400),
        ("estimate", {"type": "invoice", "percent": 30}, 400),
        ("estimate", {"type": "invoice", "lines": [{"line": 3, "quantity": 1}]}, 400),
        ("estimate", {"type": "invoice", "lines": [{"line": 1, "quantity": -1}]}, 400),
        ("estimate", {"type": "invoice", "lines": [{"line": 1, "quantity": 1}] * 2}, 400),
        ("estimate", {"type": "invoice", "lines": []}, 400),
        ("estimate", {"type": "letter"}, 400),
        ("estimate", {}, 400),
        ("estimate", {"type": "invoice", "color": "red"}, 400),
        ("invoice", {"type": "invoice", "invoiceType": "correction"}, 409),
        ("invoice", {"type": "invoice", "invoiceType": "final"}, 400),
    ],
)
def test_a_step_that_there_is_not_is_refused(api: Api, kind: str, body: Any, status: int) -> None:
    assert refused(api, made(api, kind), body)[0] == status
    assert api.ok("GET", "/documents")["total"] == 1


def test_a_draft_is_not_turned_into_anything(api: Api) -> None:
    draft = invoice(api, type="estimate")
    assert refused(api, draft, {"type": "invoice"})[0] == 409
    unknown = api("POST", "/documents/AbCdEf1234/convert", {"type": "invoice"})
    assert unknown.status_code == 404
    assert api("GET", "/documents/AbCdEf1234/chain").status_code == 404
    named = {"type": "invoice", "parentId": draft["id"], "lines": LINES}
    assert api("POST", "/documents", named).status_code == 409
    assert api("POST", "/documents", {**named, "parentId": "AbCdEf1234"}).status_code == 404


def test_many_at_once_take_over_each_line_once(api: Api) -> None:
    order = made(api, "order-confirmation")
    path = f"/documents/{order['id']}/convert"
    with ThreadPoolExecutor(8) as racers:
        answers = list(racers.map(lambda _: api("POST", path, {"type": "invoice"}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_an_xrechnung_is_judged_before_it_is_made_of_an_order(api: Api) -> None:
    order = made(api, "order-confirmation", client={"name": "A"})
    answer = api(
        "POST", f"/documents/{order['id']}/convert", {"type": "invoice", "exportType": "xrechnung"}
    )
    assert answer.status_code == 422
    assert relations(api, order) == []


def test_a_credit_note_gives_back_a_part_and_no_more_than_the_whole(api: Api) -> None:
    bill = made(api, "invoice")
    chosen = [{"line": 2, "quantity": 1}]
    credit = {"type": "invoice", "invoiceType": "credit-note"}
    note = converted(api, bill, **credit_of(credit), lines=chosen)
    assert (note["invoiceType"], note["totalAmount"]) == ("credit-note", Decimal("21.40"))
    assert relations(api, note) == [("parent", bill["number"])]
    assert (note["serviceDate"], note["serviceDateType"]) == (bill["date"], "service-date")
    assert api.ok("GET", f"/documents/{note['id']}") == note
    assert note["paid"] is True
    again = api("POST", f"/documents/{bill['id']}/convert", {**credit, "finalized": True})
    assert again.status_code == 400
    assert "118.76 EUR left" in again.json()["error"]
    assert api("POST", f"/documents/{bill['id']}/cancel").status_code == 409
    assert api("POST", f"/documents/{note['id']}/cancel").status_code == 409


def credit_of(body: dict[str, str]) -> dict[str, str]:
    return {"kind": body["type"], "invoiceType": body["invoiceType"]}


def test_a_correction_follows_on_a_cancelled_invoice(api: Api) -> None:
    bill = made(api, "invoice", exportType="xrechnung")
    api.ok("POST", f"/documents/{bill['id']}/cancel")
    corrected = converted(api, bill, "invoice", invoiceType="correction")
    assert (corrected["invoiceType"], corrected["exportType"]) == ("correction", "xrechnung")
    xml = api("GET", f"/documents/{corrected['id']}/xml").text
    assert ">384<" in xml
    assert f">{bill['number']}<" in xml


def test_a_correction_by_hand_names_what_it_corrects(api: Api) -> None:
    body = {"type": "invoice", "invoiceType": "correction", "lines": LINES}
    answer = api("POST", "/documents", body)
    assert answer.status_code == 400
    assert "parentId" in answer.json()["error"]
    form = {"type": "estimate", "invoiceType": "partial", "lines": LINES}
    assert api("POST", "/documents", form).status_code == 400


def test_each_document_speaks_in_the_words_of_its_own_type(api: Api) -> None:
    said = {
        "estimate": {"texts": {"de": {"introduction": "Gern bieten wir an:"}}},
        "delivery-note": {"texts": {"de": {"introduction": "Wir liefern {number}:"}}},
        "invoice": {"priceLayout": "gross", "texts": {"de": {"notes": "Vielen Dank"}}},
    }
    numbers = {"delivery-note": {"format": "L{number:03}"}, "cancellation": {"format": "S{number}"}}
    api.ok("PATCH", "/settings", {"documents": said, "numbers": numbers})
    estimate = made(api, "estimate")
    assert estimate["introduction"] == "Gern bieten wir an:"
    note = converted(api, estimate, "delivery-note")
    assert (note["number"], note["introduction"]) == ("L001", "Wir liefern {number}:")
    bill = converted(api, note, "invoice")
    assert (bill["introduction"], bill["notes"]) == (None, "Vielen Dank")
    assert bill["priceLayout"] == estimate["priceLayout"] == "net"
    own = converted(api, estimate, "order-confirmation", introduction="Wie besprochen:")
    assert own["introduction"] == "Wie besprochen:"
    cancelled = api.ok("POST", f"/documents/{bill['id']}/cancel")
    assert cancelled["references"][-1]["number"] == "S1"
