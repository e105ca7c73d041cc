"""The reports beyond the contract over HTTP: BWA, ageing, cash flow, VAT return."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kontorhaus.ledger import queries as ledger
from kontorhaus.reports.datev import extf, extf_check
from kontorhaus.runtime.work import begin
from kontorhaus.surfaces.books.reports import wire
from kontorhaus.surfaces.books.routes import books
from tests.surfaces.books.books_api import Api, booking, line
from tests.surfaces.books.invoice_examples import incoming, invoice, party, purchase, sale

MARCH = {"startDate": "2026-03-01", "endDate": "2026-03-31"}


def post(api: Api, day: str, *lines: dict[str, Any]) -> dict[str, Any]:
    body = booking(day, lines=list(lines), skip_duplicate_check=True)
    found: dict[str, Any] = api.ok("POST", "/bookings", body)
    return found


def test_a_report_is_exact_json_of_its_rows(api: Api) -> None:
    api.ok(
        "POST",
        "/accounts",
        {"number": "6998", "name": 'Kosten "Ö\\Ä" ☃', "type": "expense"},
        status=201,
    )
    post(api, "2026-03-02", line("6998", 0.05), line("1800", 0, 0.05))
    rows = api.ok("GET", "/reports", params={"type": "susa", **MARCH})
    assert [set(row) for row in rows] == [set(wire.ReportRow.model_fields)] * 2
    bank, costs = rows
    assert (bank["number"], bank["balance"], bank["credit_total"]) == (
        "1800",
        Decimal("-0.05"),
        Decimal("0.05"),
    )
    assert (costs["name"], costs["type"], costs["category"]) == (
        'Kosten "Ö\\Ä" ☃',
        "expense",
        None,
    )
    assert api("GET", "/reports", params={"type": "guv", "endDate": "2025-12-31"}).content == b"[]"


@pytest.fixture
def worked(api: Api) -> Api:
    """The worked example: hosting at 19 %, a book at 7 %, paid; and what an expense adds."""
    post(api, "2026-03-02", line("1800", 118.76), line("4400", 0, 118.76, tax_code="UST19"))
    post(api, "2026-03-02", line("1800", 21.40), line("4300", 0, 21.40, tax_code="UST7"))
    return api


def test_the_vat_return_of_the_worked_example(worked: Api) -> None:
    found = worked.ok("GET", "/reports/ustva", params={"period": "2026-03"})
    assert [(f["number"], f["value"], f["tax"]) for f in found["figures"]] == [
        ("81", Decimal("99.00"), Decimal("18.81")),
        ("86", Decimal("20.00"), Decimal("1.40")),
    ]
    assert (found["payable"], found["booked"]) == (Decimal("20.21"), Decimal("20.36"))
    assert [e["amount"] for e in found["figures"][0]["events"]] == [Decimal("99.80")]
    assert found["unassigned"] == []
    quarter = worked.ok("GET", "/reports/ustva", params={"period": "2026-Q1", "events": "false"})
    assert quarter["payable"] == found["payable"]
    assert quarter["figures"][0]["events"] == []


def test_a_reversal_counts_in_the_month_of_its_own_date(worked: Api) -> None:
    posted = post(worked, "2026-03-31", line("1800", 119), line("4400", 0, 119, tax_code="UST19"))
    worked.ok("POST", "/journal/reverse", {"intent_id": posted["intent_id"]})
    today = worked.ok("GET", "/reports/ustva", params={"period": f"{date.today():%Y-%m}"})
    assert {f["number"]: f["value"] for f in today["figures"]} == {"81": Decimal("-100.00")}
    march = worked.ok("GET", "/reports/ustva", params={"period": "2026-03"})
    assert sum(f["booked"] for f in march["figures"]) == sum(
        event["amount"] for f in march["figures"] for event in f["events"]
    )


def test_the_bwa_ends_with_the_result_of_profit_and_loss(worked: Api) -> None:
    post(worked, "2026-02-02", line("6815", 119, tax_code="VST19"), line("1800", 0, 119))
    post(worked, "2026-03-03", line("6310", 40), line("1800", 0, 40))
    lines = {each["line"]: each for each in
             worked.ok("GET", "/reports/bwa", params={"month": "2026-03"})}  # fmt: skip
    assert lines["1020"]["month"] == Decimal("119.80")
    assert lines["1120"]["month"] == Decimal("40.00")
    assert lines["1380"]["month"] == Decimal("79.80")
    assert lines["1380"]["year_to_date"] == Decimal("-20.20")
    guv = worked.ok("GET", "/reports", params={"type": "guv", "endDate": "2026-03-31"})
    assert lines["1380"]["year_to_date"] == -sum(row["balance"] for row in guv)


def test_the_cash_flow_shows_what_came_and_went_by_group(worked: Api) -> None:
    post(worked, "2026-03-03", line("6310", 40), line("1800", 0, 40))
    post(worked, "2026-03-04", line("1600", 10), line("1800", 0, 10))
    rows = worked.ok("GET", "/reports/cashflow", params=MARCH)
    assert [(r["month"], r["group"], r["received"], r["paid"]) for r in rows] == [
        ("2026-03", "liabilities", Decimal("20.36"), Decimal("0.00")),
        ("2026-03", "other_opex", Decimal("0.00"), Decimal("40.00")),
        ("2026-03", "revenue", Decimal("119.80"), Decimal("0.00")),
    ]
    balance = worked.ok("GET", "/reports", params={"type": "susa", **MARCH})
    liquid = sum(r["balance"] for r in balance if r["number"] in ("1800", "1600"))
    assert sum(r["net"] for r in rows) == liquid


def test_open_items_are_listed_by_party_and_age(api: Api) -> None:
    customer, vendor = party(api, "customer", "Hansen & Söhne"), party(api, "vendor", "Lieferant")
    for number, due, gross in (("1", "2026-03-20", 119), ("2", "2026-03-04", 238)):
        intent = sale(api, customer["account_number"], gross, skip_duplicate_check=True)
        body = invoice(customer["id"], number, gross, due_date=due, intent_id=intent)
        api.ok("POST", "/outgoing-invoices", body, 201)
    intent = purchase(api, vendor["account_number"], 59.5)
    body = incoming(vendor["id"], gross=59.5, due_date="2026-03-10", intent_id=intent)
    api.ok("POST", "/invoices", body, 201)
    found = api.ok("GET", "/reports/ageing", params={"date": "2026-04-15"})
    (claims,) = found["receivables"]["parties"]
    assert claims["name"] == "Hansen & Söhne"
    assert claims["party_id"] == customer["id"]
    assert (claims["days_1_30"], claims["days_31_60"], claims["item_count"]) == (119, 238, 2)
    assert found["receivables"]["total"] == claims["total"] == Decimal("357.00")
    assert [each["days_31_60"] for each in found["payables"]["parties"]] == [Decimal("59.50")]
    before = api.ok("GET", "/reports/ageing", params={"date": "2026-03-01"})
    assert before["receivables"]["parties"] == []


def test_the_lint_says_before_an_export_what_becomes_of_it(worked: Api) -> None:
    customer = party(worked, "customer", "Hansen & Söhne")
    sale(worked, customer["account_number"], description="Hosting für Łukasz")
    found = worked.ok("GET", "/reports/datev-lint", params=MARCH)
    assert (found["rows"], found["events"]) == (3, 6)
    assert (found["total"], found["journal_total"]) == (Decimal("259.16"), Decimal("259.16"))
    assert found["difference"] == Decimal("0.00")
    assert found["keys"] == [{"key": "", "rows": 3, "total": Decimal("259.16")}]
    assert found["counts"] == [{"kind": "transliterated", "count": 1}]
    (note,) = found["notes"]
    assert (note["journal_number"], note["after"]) == (5, "Hosting für Lukasz")


def test_the_archive_holds_bookings_and_master_data_that_keep_the_rules(worked: Api) -> None:
    for name in ("Hansen & Söhne", "Łukasz"):
        customer = party(worked, "customer", name)
        sale(worked, customer["account_number"], skip_duplicate_check=True)
    answer = worked("GET", "/reports/datev-export", params=MARCH | {"format": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert list(files) == [
        "EXTF_Buchungsstapel_20260301_20260331.csv",
        "EXTF_Debitoren_Kreditoren_20260331.csv",
        "EXTF_Kontenbeschriftungen_20260331.csv",
    ]
    assert [extf_check.problems(content) for content in files.values()] == [[], [], []]
    parties = extf.parse(files["EXTF_Debitoren_Kreditoren_20260331.csv"])[2:]
    assert [row[1].text for row in parties] == ["Hansen & Söhne", "Lukasz"]
    with begin(worked.resources.database, worked.caller, read_only=True) as work:
        end = ledger.head(work).hash.hex()
    heads = {extf.parse(content)[0][30].text for content in files.values()}
    assert heads == {end[:16]}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/reports/ustva", {"period": "2026-13"}),
        ("/reports/ustva", {}),
        ("/reports/bwa", {"month": "2026-P13"}),
        ("/reports/bwa", {"month": "03/2026"}),
        ("/reports/cashflow", {"startDate": "2026-03-02", "endDate": "2026-03-01"}),
        ("/reports/ageing", {"date": "gestern"}),
        ("/reports/datev-lint", {}),
        ("/reports/datev-lint", {"startDate": "2025-12-31", "endDate": "2026-01-01"}),
        ("/reports/datev-export", {"startDate": "2026-03-02", "endDate": "2026-03-01"}),
        ("/reports/datev-export", {"startDate": "2025-12-31", "endDate": "2026-01-01"}),
        ("/reports/datev-export", MARCH | {"format": "xls"}),
        ("/reports", {"type": "bwa"}),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    api: Api, path: str, query: dict[str, str]
) -> None:
    assert api.refused("GET", path, params=query) == (400, "INVALID_INPUT")


def test_every_report_asks_for_its_scope(tenant: Any) -> None:
    other = tenant(scopes=("journal:read",))
    for path in ("bwa", "ageing", "cashflow", "ustva", "datev-lint"):
        assert other.refused("GET", f"/reports/{path}", params={"period": "2026-03", **MARCH}) == (
            403, "FORBIDDEN",
        )  # fmt: skip


def test_the_published_document_names_every_report() -> None:
    paths = books.document()["paths"]
    for name in ("bwa", "ageing", "cashflow", "ustva", "datev-lint", "datev-export"):
        assert "get" in paths[f"/v1/reports/{name}"]
