"""What makes a bank movement the same one when it is delivered again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kontorhaus.banking import rules
from kontorhaus.banking.model import Entry, Statement
from kontorhaus.kernel.money import Money

IBAN = "DE13430609671234567890"
COFFEE = Entry(Money(-350), date(2026, 3, 2), purpose="Kaffee  Bar", counterparty_iban="DE1")


def statement(*entries: Entry, kind: str = "camt.053") -> Statement:
    return Statement(kind, "S", "1", IBAN, "EUR", "", None, None, entries, 0)


def keys(*statements: Statement) -> list[str]:
    return [one.key for one in rules.keyed(IBAN, statements)]


def test_two_equal_payments_of_a_day_are_two() -> None:
    assert len(set(keys(statement(COFFEE, COFFEE)))) == 2


def test_the_same_statement_again_gives_the_same_keys() -> None:
    assert keys(statement(COFFEE, COFFEE)) == keys(statement(COFFEE, COFFEE))


def test_equal_payments_in_two_statements_of_one_file_are_two() -> None:
    assert len(set(keys(statement(COFFEE), statement(COFFEE)))) == 2


def test_reports_of_one_day_repeat_each_other() -> None:
    report = statement(COFFEE, kind="camt.052")
    assert len(set(keys(report, report))) == 1


def test_an_intraday_report_and_the_statement_of_the_day_agree() -> None:
    assert keys(statement(COFFEE, kind="camt.052")) == keys(statement(COFFEE))


def test_line_breaks_and_case_in_the_purpose_do_not_matter() -> None:
    assert keys(statement(COFFEE)) == keys(statement(replace(COFFEE, purpose="KAFFEE BAR")))


def test_a_bank_reference_makes_texts_irrelevant() -> None:
    booked = replace(COFFEE, bank_reference="R1")
    assert keys(statement(booked)) == keys(statement(replace(booked, purpose="anders")))
    assert keys(statement(booked)) != keys(statement(replace(booked, bank_reference="R2")))


def test_a_bank_reference_that_repeats_still_tells_two_payments() -> None:
    booked = replace(COFFEE, bank_reference="R1")
    assert len(set(keys(statement(booked, booked)))) == 2


def test_another_account_has_other_keys() -> None:
    first = rules.keyed(IBAN, [statement(COFFEE)])
    assert first[0].key != rules.keyed("DE99", [statement(COFFEE)])[0].key


def test_the_parts_of_a_batch_know_the_booking_they_came_from() -> None:
    whole = Entry(Money(3000), date(2026, 3, 2), bank_reference="B1")
    parts = [
        replace(
            whole,
            amount=Money(cents),
            batch_size=2,
            batch_amount=Money(3000),
            batch_reference="B1",
            bank_reference=own,
        )
        for cents, own in ((1000, "T1"), (2000, "T2"))
    ]
    (booked,) = rules.keyed(IBAN, [statement(whole)])
    split = rules.keyed(IBAN, [statement(*parts)])
    assert {one.whole_key for one in split} == {booked.key} == {booked.whole_key}
    assert len({one.key for one in split} | {booked.key}) == 3
