"""The packages of documents for DATEV's Belegtransfer, and which files are locked."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.period import Period
from kontorhaus.reports.datev import documents, rules
from kontorhaus.reports.datev.model import DocumentFile, LinkedDocument

MADE = datetime(2026, 4, 2, 8, 30, 15, tzinfo=UTC)
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("document_v060.xsd")))
NAMES = {"d": "http://xml.datev.de/bedi/tps/document/v06.0"}
GUID = "0195d0a0-0000-7000-8000-000000000001"
INVOICE = LinkedDocument(
    GUID, "incoming", date(2026, 3, 2), (DocumentFile("ab" * 32, 1000, "Rechnung März.PDF", "pdf"),)
)


def test_a_document_is_listed_with_its_guid_its_file_and_its_place():
    content = documents.document_xml([INVOICE], MADE)
    archive = etree.fromstring(content)
    SCHEMA.assertValid(archive)
    (document,) = archive.findall("d:content/d:document", NAMES)
    assert dict(document.attrib) == {"guid": GUID, "processID": "2", "type": "1"}
    (file,) = document.findall("d:extension", NAMES)
    assert file.get("name") == f"Rechnung_M_rz_{GUID}.pdf"
    assert [level.get("name") for level in document.findall("d:repository/d:level", NAMES)] == [
        "Kontorhaus", "Belege", "2026/03",
    ]  # fmt: skip
    assert archive.findtext("d:header/d:date", namespaces=NAMES) == "2026-04-02T08:30:15"


@given(
    st.lists(
        st.tuples(
            st.uuids(),
            st.sampled_from(["incoming", "outgoing", "other"]),
            st.lists(st.text(min_size=1, max_size=255), min_size=1, max_size=1),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda it: it[0],
    )
)
def test_any_names_make_a_list_that_keeps_the_rules_and_names_that_are_their_own(drawn):
    found = [
        LinkedDocument(
            str(guid), kind, date(2026, 3, 2), tuple(DocumentFile("ab", 1, n, "jpg") for n in names)
        )
        for guid, kind, names in drawn
    ]
    SCHEMA.assertValid(etree.fromstring(documents.document_xml(found, MADE)))
    names = [documents.file_name(each, file) for each in found for file in each.files]
    assert len(set(names)) == len(names)
    for name in names:
        assert name.isascii()
        assert set(name).isdisjoint('/\\:*?"<>| ')
        assert len(name) <= 120


def many(count, size):
    file = DocumentFile("ab" * 32, size, "a.pdf", "pdf")
    return [replace(INVOICE, id=str(UUID(int=n)), files=(file,)) for n in range(count)]


@pytest.mark.parametrize(
    ("count", "size", "packages"),
    [
        (0, 1, []),
        (3, 10, [3]),
        (5_000, 1, [4_999, 1]),
        (11, 10 * 1024 * 1024, [10, 1]),
        (2, 200 * 1024 * 1024, [1, 1]),
    ],
)
def test_packages_stay_within_what_datev_takes(count, size, packages):
    assert [len(each) for each in documents.packages(many(count, size))] == packages


def test_more_than_an_export_holds_is_refused_with_a_remedy():
    documents.check_size(many(2, documents.MOST_BYTES // 2))
    with pytest.raises(Invalid) as refusal:
        documents.check_size(many(3, documents.MOST_BYTES // 2))
    assert refusal.value.code == "documents_too_large"
    assert refusal.value.details["remedy"] == "a shorter range, or documents=false"


@pytest.mark.parametrize(
    ("states", "start_month", "is_locked"),
    [
        ({}, 1, False),
        ({"2026-03": "open"}, 1, False),
        ({"2026-03": "soft_locked"}, 1, False),
        ({"2026-03": "locked"}, 1, True),
        ({"2026-03": "locked", "2026-04": "open"}, 1, True),
        # March is the last month of this fiscal year, and its closing period is open
        ({"2026-03": "locked", "2025-P13": "open"}, 4, False),
        ({"2026-03": "locked", "2025-P13": "locked"}, 4, True),
        ({"2026-03": "locked", "2025-P13": "open"}, 1, True),
    ],
)
def test_a_file_is_locked_when_every_period_of_its_days_is(states, start_month, is_locked):
    found = {Period(text): state for text, state in states.items()}
    march = (date(2026, 3, 1), date(2026, 3, 31))
    assert rules.is_locked(*march, found, start_month) is is_locked


def test_one_open_month_leaves_a_file_of_two_months_open():
    states = {Period("2026-02"): "locked", Period("2026-03"): "open"}
    assert not rules.is_locked(date(2026, 2, 1), date(2026, 3, 31), states, 1)
    assert rules.is_locked(date(2026, 2, 10), date(2026, 2, 20), states, 1)


def test_a_range_is_cut_into_its_months():
    assert list(rules.months(date(2026, 1, 15), date(2026, 3, 2))) == [
        (date(2026, 1, 15), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 2)),
    ]
