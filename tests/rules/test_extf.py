"""DATEV's file format: written, read again field by field, and checked against its columns."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.reports.datev import extf, extf_check

HEADER = extf.Header(
    created_at=datetime(2026, 4, 2, 8, 30, 15, 123456, tzinfo=UTC),
    adviser_number=29098,
    client_number=55003,
    fiscal_year_start=date(2026, 1, 1),
    account_length=4,
    first_day=date(2026, 3, 1),
    last_day=date(2026, 3, 31),
    chart="SKR04",
)
VALUES = {
    extf.AMOUNT: "118,76",
    extf.SIDE: "S",
    extf.ACCOUNT: "10001",
    extf.CONTRA: "4400",
    extf.DAY: "0203",
    extf.REFERENCE: "RE-2026-1",
    extf.TEXT: 'Hosting "S"; März',
    extf.IS_FINAL: "0",
}


def written(**changes):
    names = {"day": extf.DAY, "text": extf.TEXT, "amount": extf.AMOUNT, "side": extf.SIDE}
    values = VALUES | {names[name]: value for name, value in changes.items()}
    return extf.file_of(HEADER, [extf.row_line(values)])


def test_the_table_has_125_columns_of_which_five_are_required():
    assert [column.number for column in extf.COLUMNS] == list(range(1, 126))
    required = [column.number for column in extf.COLUMNS if column.is_required]
    assert required == [extf.AMOUNT, extf.SIDE, extf.ACCOUNT, extf.CONTRA, extf.DAY]


def test_the_header_has_31_fields_with_these_values():
    fields = extf.parse_line(extf.header_line(HEADER))
    assert len(fields) == 31
    assert str(fields[0]) == '"EXTF"'
    assert [field.text for field in fields[1:5]] == ["700", "21", "Buchungsstapel", "13"]
    assert fields[5].text == "20260402083015123"
    assert [field.text for field in fields[10:16]] == [
        "29098", "55003", "20260101", "4", "20260301", "20260331",
    ]  # fmt: skip
    assert str(fields[26]) == '"04"'
    assert [str(fields[index]) for index in (6, 22, 23, 24, 25, 28, 29)] == [
        "", "", '""', "", "", "", '""',
    ]  # fmt: skip


def test_a_written_row_is_read_again_field_by_field():
    lines = extf.parse(written())
    assert len(lines) == 3
    assert len(lines[2]) == 125
    by_number = {number: field for number, field in enumerate(lines[2], start=1) if field.text}
    assert {number: field.text for number, field in by_number.items()} == VALUES
    for column, field in zip(extf.COLUMNS, lines[2], strict=True):
        assert field.is_text is column.is_text


def test_a_file_that_was_read_is_written_again_byte_by_byte():
    content = written()
    assert extf.write(extf.parse(content)) == content


def test_a_correct_file_has_no_problems():
    assert extf_check.problems(written()) == []


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (written(amount="0,00"), "Umsatz"),
        (written(amount="1.000,00"), "Umsatz"),
        (written(side="X"), "Soll/Haben"),
        (written(day="0204"), "not in the range"),
        (written(text="x" * 61), "longer than 60"),
        (written(text="a\tb"), "control character"),
        (written().replace(b'"S"', b"S", 1), "quoted"),
        (written().replace(b"\r\n", b"\n"), "CR LF"),
        (written().replace(b"EXTF", b"DTVF"), "Header field 1"),
        (written().replace(b"Umsatz (ohne", b"Umsatz(ohne"), "names of the columns"),
        (written().replace(b'0203;"RE', b'0203;;"RE'), "126 fields"),
    ],
)
def test_the_checker_finds(content, part):
    assert any(part in problem for problem in extf_check.problems(content))


@pytest.mark.parametrize(
    ("text", "printable"),
    [
        ("Müller & Söhne Größe €", "Müller & Söhne Größe €"),
        ("Ayşe Łukasz Dvořák", "Ayse Lukasz Dvorák"),
        ("Wałbrzych", "Walbrzych"),
        ("Mu\u0308ller", "Müller"),
        ("東京 🎉", "__ _"),
        ("a\tb\r\nc", "a b  c"),
        ("½ ﬁne №5", "½ fine No5"),
        ("Ωmega", "_mega"),
    ],
)
def test_text_becomes_windows_1252_without_question_marks(text, printable):
    assert extf.printable(text) == printable


@given(st.text())
def test_every_text_can_be_printed_and_no_question_mark_is_new(text):
    printable = extf.printable(text)
    printable.encode("cp1252")
    assert printable.count("?") <= text.count("?") + sum(
        "?" in extf.printable(c) for c in set(text)
    )
    assert not any(character < " " for character in printable)


@given(st.text(max_size=80))
def test_every_text_survives_writing_and_reading(text):
    printable = extf.printable(text)[:60]
    rows = extf.parse(written(text=printable))
    assert rows[2][extf.TEXT - 1].text == printable
    assert extf_check.problems(written(text=printable)) == []


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("RE-2026-0001", "RE-2026-0001"),
        ("RE 2026.01,7", "RE-2026-01-7"),
        ("Größe/Ä1", "Groesse/AE1"),
        ("x" * 40, "x" * 36),
        ("", ""),
    ],
)
def test_a_document_number_takes_the_characters_of_belegfeld_1(text, reference):
    assert extf.reference(text) == reference
