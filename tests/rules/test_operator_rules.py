"""An operator's XRechnung rules are asked beside ours, and nothing is told twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from kontorhaus.invoicing.einvoice import validation
from kontorhaus.invoicing.making import rendering
from kontorhaus.kernel.errors import Invalid
from tests.rules import xrechnung_cases as x
from tests.rules.test_xml_invoice import snapshot

# A stylesheet as schematron makes them: one rule that we have, too, one that nobody else has.
RULES = """\
<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl">
  <xsl:template match="/">
    <svrl:schematron-output>
      <svrl:failed-assert id="BR-DE-15" flag="fatal" location="/ubl:Invoice">
        <svrl:text>[BR-DE-15] There is no BT-10.</svrl:text>
      </svrl:failed-assert>
      <svrl:failed-assert id="PEPPOL-EN16931-R040-2" flag="fatal"
          location="/Q{{urn:a}}Invoice[1]/Q{{urn:b}}AllowanceCharge[1]">
        <svrl:text>The allowance (BT-92) is wrong.</svrl:text>
      </svrl:failed-assert>
      <svrl:failed-assert id="BR-DE-99" flag="warning"
          location="/*:Invoice[namespace-uri()='urn:a'][1]/*:InvoiceLine[namespace-uri()='b'][1]">
        <svrl:text>[BR-DE-99] The unit (BT-130) is a new one.</svrl:text>
      </svrl:failed-assert>
      <svrl:failed-assert id="BR-DE-21" flag="warning" location="/Invoice[1]">
        <svrl:text>It says <xsl:value-of select="/*/*[1]"/>.</svrl:text>
      </svrl:failed-assert>
    </svrl:schematron-output>
  </xsl:template>
</xsl:stylesheet>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place, name in (("ubl", "XRechnung-UBL-validation.xsl"), ("cii", "x.txt")):
        (tmp_path / "resources" / place).mkdir(parents=True)
        (tmp_path / "resources" / place / name).write_text(RULES)
    return tmp_path


def test_findings_of_both_are_joined_without_doubles(folder: Path) -> None:
    root = x.edited(x.sample("invoice"), x.drop("BT-10")).root
    alone = validation.validate(x.written(root), "ubl", True)
    both = validation.validate(x.written(root), "ubl", True, folder)
    assert [each.rule for each in alone] == ["BR-DE-15"]
    assert [(each.rule, each.path) for each in both] == [
        ("BR-DE-15", "/Invoice[1]"),
        ("PEPPOL-EN16931-R040", "/Invoice[1]/AllowanceCharge[1]"),
        ("BR-DE-99", "/Invoice[1]/InvoiceLine[1]"),
        ("BR-DE-21", "/Invoice[1]"),
    ]
    assert both[0] == alone[0]
    assert both[2].field == "lines[0].unit"
    assert both[2].advice == "The unit (BT-130) is a new one. Check lines[0].unit."
    assert "xrechnung_3.0" in both[3].message


def test_an_invoice_that_is_no_xrechnung_is_not_asked_about(folder: Path) -> None:
    found = validation.validate(x.written(x.sample("invoice").root), "ubl", False, folder)
    assert found == []


def test_the_last_of_several_releases_counts(folder: Path) -> None:
    newer = folder / "resources" / "ubl-2" / "XRechnung-UBL-validation.xsl"
    newer.parent.mkdir()
    newer.write_text(RULES)
    assert validation.operator_stylesheet(folder, "ubl") == newer


def test_a_broken_stylesheet_is_told_by_its_path(folder: Path) -> None:
    broken = folder / "XRechnung-CII-validation.xsl"
    broken.write_text(RULES.replace("/*/*[1]", "1 +"))
    with pytest.raises(Invalid, match=r"XRechnung-CII-validation\.xsl is no stylesheet"):
        validation.validate(x.written(x.sample("cii").root), "cii", True, folder)


def test_a_folder_without_rules_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(Invalid, match=r"XRechnung-CII-validation\.xsl") as refusal:
        validation.operator_stylesheet(folder, "cii")
    assert refusal.value.details == {"field": "KONTORHAUS_XRECHNUNG_RULES"}


def test_an_invoice_of_our_own_is_refused_by_the_operator_s_rules(folder: Path) -> None:
    (folder / "XRechnung-CII-validation.xsl").write_text(RULES)
    rendering.check_operator_rules(folder)
    ours = snapshot(export_type="xrechnung")
    assert rendering.findings(ours, None) == ()
    assert [found.rule for found in rendering.findings(ours, folder)] == [
        "BR-DE-15",
        "PEPPOL-EN16931-R040",
    ]
    assert rendering.findings(snapshot(export_type="factur-x"), folder) == ()
