"""The plan of the demo: the same on every run, large enough, and plausible to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from kontorhaus.app.demo import camt_file, days, invented, plan, vat
from kontorhaus.app.demo.model import Company
from kontorhaus.banking.camt import statement as camt
from kontorhaus.invoicing import rules as invoicing
from kontorhaus.kernel import iban
from kontorhaus.kernel.money import Money, total

TODAY = date(2026, 3, 29)
COMPANIES = plan.companies(TODAY)


@pytest.fixture(params=COMPANIES, ids=lambda company: company.key)
def company(request: pytest.FixtureRequest) -> Company:
    found: Company = request.param
    return found


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2026, 3, 31)])
def test_the_months_are_the_twelve_full_ones_before_the_present_one(today: date) -> None:
    months = days.months(today)
    assert months[0] == date(2025, 3, 1)
    assert months[-1] == date(2026, 2, 1)
    assert len(months) == 12


def test_every_run_plans_the_same() -> None:
    assert plan.companies(TODAY) == COMPANIES


@pytest.mark.parametrize("today", [TODAY, date(2026, 11, 20), date(2027, 1, 1)])
def test_the_demo_is_large_enough_and_mostly_matched(today: date) -> None:
    companies = plan.companies(today)
    lines = [line for company in companies for line in company.bank_lines]
    assert sum(len(company.invoices) for company in companies) >= 330
    assert len(lines) >= 1050
    assert 2 * sum(line.is_matched for line in lines) > len(lines)


def test_nothing_happens_outside_the_months(company: Company) -> None:
    first, last = company.months[0], days.last_day(company.months[-1])
    happened = [
        *(invoice.content.document_date for invoice in company.invoices),
        *(booking.day for booking in company.bookings),
        *(line.day for line in company.bank_lines),
    ]
    assert min(happened) >= first
    assert max(happened) <= last
    assert all(days.is_bank_day(line.day) for line in company.bank_lines)


def test_the_bank_account_is_never_overdrawn(company: Company) -> None:
    balance = company.opening.minor
    for line in company.bank_lines:
        balance += line.amount.minor
        assert balance > 0, line


def test_what_is_paid_is_what_was_invoiced_or_a_part_of_it(company: Company) -> None:
    gross = {invoice.key: invoice.gross for invoice in company.invoices}
    gross |= {step.key: step.gross for step in company.order.steps if step.gross}
    open_amounts = dict(gross)
    for line in company.bank_lines:
        if len(line.settles) > 1:
            assert line.amount == total(gross[key] for key in line.settles)
        for key in line.settles:
            paid = line.amount if len(line.settles) == 1 else gross[key]
            open_amounts[key] -= paid
    assert all(0 <= left.minor <= gross[key].minor for key, left in open_amounts.items())
    assert any(0 < left.minor < gross[key].minor for key, left in open_amounts.items())


def test_a_booked_bank_line_moves_the_bank_account_by_its_amount(company: Company) -> None:
    moved = {
        booking.key: total(
            line.debit - line.credit
            for line in booking.lines
            if line.account == company.bank_account
        )
        for booking in company.bookings
    }
    booked = [line for line in company.bank_lines if line.booking]
    assert len({line.booking for line in booked}) == len(booked)
    assert all(moved[line.booking or ""] == line.amount for line in booked)


def test_an_order_goes_from_its_estimate_to_an_invoice_of_what_was_planned(
    company: Company,
) -> None:
    order = company.order
    keys = [step.key for step in order.steps]
    assert [step.after is None for step in order.steps] == [True] + [False] * (len(keys) - 1)
    assert all(step.after in keys[:place] for place, step in enumerate(order.steps) if place)
    assert order.steps[-1].type == "invoice"
    assert order.steps[-1].gross == invoicing.totals(order.content, small_trader=False).gross
    assert list(order.steps) == sorted(order.steps, key=lambda step: step.day)


def test_an_invoice_written_twice_is_cancelled_in_its_month_and_never_paid(
    company: Company,
) -> None:
    (twice,) = [invoice for invoice in company.invoices if invoice.cancelled_on]
    assert twice.cancelled_on is not None
    assert twice.content.document_date < twice.cancelled_on
    assert twice.cancelled_on.month == twice.content.document_date.month
    assert not any(twice.key in line.settles for line in company.bank_lines)


def test_the_base_of_an_invoice_that_is_paid_in_parts_becomes_due_with_each_of_them() -> None:
    shop = COMPANIES[1]
    part, rest = (
        next(line for line in shop.bank_lines if line.purpose == f"{word}zahlung {{0}}")
        for word in ("Teil", "Rest")
    )
    assert part.settles == rest.settles
    (invoice,) = [one for one in shop.invoices if one.key in part.settles]
    net = invoicing.totals(invoice.content, small_trader=False).net
    due = list(vat.received(shop.invoices, shop.order, [part, rest]))
    assert {one.day for one in due} == {part.day, rest.day}
    assert abs((total(one.base for one in due) - net).minor) <= 2
    assert shop.settings.vat_method == "ist"


def test_every_booking_balances(company: Company) -> None:
    for booking in company.bookings:
        debit = total(line.debit for line in booking.lines)
        assert debit == total(line.credit for line in booking.lines), booking


def test_the_last_weeks_leave_puzzles_for_the_user() -> None:
    hosting, shop = COMPANIES
    waiting = [line for line in hosting.bank_lines if not line.is_matched]
    purposes = [line.purpose for line in waiting]
    assert "Rechnung {typo}" in purposes
    assert "Teilzahlung {0}" in purposes
    assert any(len(line.settles) > 1 for line in waiting)
    assert any(line.return_reason and line.amount.minor < 0 for line in waiting)
    assert any(line.code == "ACMT-MDOP-CHRG" and line.booking is None for line in waiting)
    assert min(line.day for line in waiting) > days.last_day(hosting.months[-2])
    assert any(not line.is_matched for line in shop.bank_lines)


def test_every_export_type_language_and_regulation_occurs() -> None:
    contents = [invoice.content for company in COMPANIES for invoice in company.invoices]
    assert {content.export_type for content in contents} == {"pdf", "factur-x", "xrechnung"}
    assert {content.language for content in contents} == {"de", "en"}
    assert {content.vat_regulation for content in contents} == {"standard", "reverse-charge"}
    assert {content.price_layout for content in contents} == {"net", "gross"}
    assert any(content.discount_rate for content in contents)
    assert any(len({line.vat_rate for line in content.lines}) == 2 for content in contents)


def test_revenue_of_the_hosting_company_exceeds_its_costs() -> None:
    hosting = COMPANIES[0]
    for month in hosting.months:
        gross = total(
            invoice.gross
            for invoice in hosting.invoices
            if invoice.content.document_date.replace(day=1) == month
        )
        assert Money(25_000_00) < gross < Money(55_000_00)
    last = hosting.opening + total(line.amount for line in hosting.bank_lines)
    assert last > hosting.opening


def test_invented_numbers_have_the_right_check_digits(company: Company) -> None:
    numbers = [company.profile.iban, *(customer.iban for customer in company.customers)]
    numbers += [line.iban for line in company.bank_lines if line.iban]
    assert all(iban.is_valid(number) for number in numbers)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("NH-2026-0012", "NH-2026-0021"), ("NH-2026-0100", "NH-2026-0010"), ("A-11", "A-11")],
)
def test_a_mistyped_number_has_two_digits_swapped(number: str, expected: str) -> None:
    assert invented.mistyped(number) == expected


def test_a_leitweg_id_has_the_check_digits_of_its_rule() -> None:
    found = invented.leitweg_id("04011000", "1234512345")
    assert found == "04011000-1234512345-06"


def test_a_vat_id_has_the_check_digit_of_its_rule() -> None:
    assert invented.vat_id(13669597) == "DE136695976"


def test_a_written_statement_is_read_with_the_same_lines(company: Company) -> None:
    month = company.months[-1]
    lines = [line for line in company.bank_lines if line.day.replace(day=1) == month]
    account = camt_file.Account(company.profile.name, company.profile.iban, "Bank")
    sheet = camt_file.Sheet(2, month, days.last_day(month), Money(1_000_000))
    (statement,) = camt.parse(camt_file.write(account, sheet, lines))
    assert [(entry.bank_reference, entry.amount) for entry in statement.entries] == [
        (line.reference, line.amount) for line in lines
    ]
    assert statement.opening is not None
    assert statement.closing is not None
    moved = total(line.amount for line in lines)
    assert statement.closing.amount == statement.opening.amount + moved
    named = {entry.bank_reference: entry for entry in statement.entries if entry.counterparty_iban}
    for line in lines:
        if line.reference in named:
            entry = named[line.reference]
            assert (entry.counterparty_name, entry.counterparty_iban) == (line.name, line.iban)
            assert bool(entry.return_reason) == bool(line.return_reason)
