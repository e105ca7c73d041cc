"""The referee counts every complaint of a report, also those about the PDF alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import referee

VALID = "<validation><xml><summary status='valid'/></xml><summary status='valid'/></validation>"
NOTICE = "<validation><xml><notice type='27'>x</notice></xml><summary status='valid'/></validation>"
WARNING = VALID.replace("<summary", "<warning type='10'>sums differ</warning><summary", 1)
NOT_PDFA = """<validation><pdf>ValidationResult [assertions=[TestAssertion [ruleId=RuleId
[specification=ISO 19005-3:2012, clause=6.2.4.3, testNumber=2], status=failed, message=No profile,
location=Location [x]]], isCompliant=false]<summary status='invalid'/></pdf>
<summary status='valid'/></validation>""".replace("\n", " ")
NO_XML = """<validation><pdf>isCompliant=true<messages><error type='11'>x</error></messages></pdf>
<messages><exception type='17'>no XML</exception></messages><summary status='invalid'/>
</validation>"""
CENTS = VALID.replace(
    "<summary",
    "<warning type='10'>Arithmetical issue:Payable total in XML is 1.30, but calculated total is"
    " 1.29 with tax basis 1.00</warning><summary",
    1,
)
UNEXPLAINED = "<validation><summary status='invalid'/></validation>"


@pytest.mark.parametrize(
    ("name", "report", "sections"),
    [
        ("a.xml", VALID, []),
        ("a.xml", NOTICE, []),
        ("a.xml", WARNING, ["10"]),
        ("a.xml", UNEXPLAINED, ["0"]),
        ("a-net-de.xml", CENTS, ["10"]),
        ("a-gross-de.xml", CENTS, []),
        ("a-gross-de.xml", CENTS.replace("1.29", "1.28"), ["10"]),
        ("factur-x-1.pdf", VALID, []),
        ("factur-x-1.pdf", NOT_PDFA, ["6.2.4.3-2"]),
        ("a.pdf", NOT_PDFA, ["6.2.4.3-2"]),
        ("factur-x-1.pdf", NO_XML, ["11", "17"]),
        ("a.pdf", NO_XML, []),
    ],
)
def test_a_file_fails_by_what_counts_for_its_kind(
    name: str, report: str, sections: list[str]
) -> None:
    assert [one.section for one in referee.complaints(Path(name), report)] == sections


def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    assert referee.main(tmp_path) == 1
