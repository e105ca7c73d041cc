"""Validation by schema, official EN 16931 rules, XRechnung's rules and an operator's own.

Runs in a workshop process (see `schematron`).
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterable
from itertools import islice
from typing import Protocol, cast

from lxml import etree

from kontorhaus.invoicing.einvoice import model, parsing, profiles, remedies, schematron
from kontorhaus.invoicing.einvoice.terms import Kind, Terms
from kontorhaus.invoicing.einvoice.xrechnung import registry
from kontorhaus.kernel.errors import Invalid

# How many findings of the schema are told; the rest follows from the first ones.
MAX_SCHEMA_FINDINGS = 20

# KoSIT's stylesheets, wherever in the operator's folder they lie.
OPERATOR_FILES: dict[Kind, str] = {
    "ubl": "XRechnung-UBL-validation.xsl",
    "cii": "XRechnung-CII-validation.xsl",
}
_ORDER = {"error": 0, "warning": 1, "information": 2}


class _SchemaError(Protocol):
    message: str
    path: str | None


def validate(
    xml: bytes, kind: Kind, xrechnung: bool, operator_rules: pathlib.Path | None = None
) -> list[model.Finding]:
    """What the rules say about an invoice, errors first; empty if all is well.

    `kind` is the syntax; `xrechnung` adds the rules of XRechnung 3.0 and, when a folder of them is
    given, the operator's. A document that is too large, not well-formed, has a DOCTYPE or breaks
    the schema is not looked at any further.
    """
    root, refusal = parsing.parsed(xml)
    if root is None:
        return refusal
    document = Terms(root, kind)
    profile = profiles.of(kind, etree.QName(root).localname, document.value("BT-24"))
    if profile is None:
        return parsing.refusal(
            f"The document is no invoice in {kind.upper()}.",
            f"Das Dokument ist keine Rechnung in {kind.upper()}.",
        )
    broken = _schema_findings(root, profile.schema)
    if broken:
        return broken
    found = _national(document, operator_rules) if xrechnung else []
    official = _official(document, profile)
    if xrechnung:
        official = list(registry.adapted(document, official))
    found = _joined(found, official)
    return sorted(found, key=lambda finding: _ORDER[finding.severity])


def prepare(operator_rules: pathlib.Path | None = None) -> None:
    """Compile the usual schema and stylesheet now, so that no invoice waits for it.

    The others take half a second each and up to 100 MB of memory: they wait for their first use.
    """
    _schema(profiles.USUAL.schema)
    schematron.official(profiles.USUAL.rules)
    if operator_rules is not None:
        prepare_operator_rules(operator_rules)


def prepare_operator_rules(folder: pathlib.Path) -> None:
    """Compile the operator's stylesheets; Invalid("setting") names what is missing or broken."""
    for kind in OPERATOR_FILES:
        schematron.of_operator(operator_stylesheet(folder, kind))


@functools.cache
def operator_stylesheet(folder: pathlib.Path, kind: Kind) -> pathlib.Path:
    """KoSIT's stylesheet in a folder, the newest if there are several; Invalid("setting")."""
    name = OPERATOR_FILES[kind]
    found = sorted(folder.rglob(f"{name}*"))
    if not found:
        raise Invalid(
            "setting",
            f"KONTORHAUS_XRECHNUNG_RULES: there is no {name} in {folder}.",
            field="KONTORHAUS_XRECHNUNG_RULES",
        )
    return found[-1]


@functools.cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(schematron.OFFICIAL / name))


def _schema_findings(root: etree._Element, name: str) -> list[model.Finding]:
    schema = _schema(name)
    if schema.validate(root):
        return []
    errors = islice(cast(Iterable[_SchemaError], schema.error_log), MAX_SCHEMA_FINDINGS)
    remedy = remedies.of("XSD", None)
    return [
        model.Finding(
            "XSD",
            "error",
            error.message,
            error.message,
            error.path or "",
            remedy=remedy.english,
            remedy_de=remedy.german,
        )
        for error in errors
    ]


def _national(document: Terms, operator_rules: pathlib.Path | None) -> list[model.Finding]:
    found = list(registry.check(document))
    if operator_rules is None:
        return found
    stylesheet = schematron.of_operator(operator_stylesheet(operator_rules, document.kind))
    return _joined(found, schematron.findings(_text(document.root), stylesheet))


def _official(document: Terms, profile: profiles.Profile) -> list[model.Finding]:
    text = _plain_text(document) if profile.is_plain else _text(document.root)
    return schematron.findings(text, schematron.official(profile.rules))


def _plain_text(document: Terms) -> str:
    """The document as if it named no other specification (BT-24) than EN 16931."""
    identifiers = [(group.root, group.root.text) for group in document.groups("BT-24")]
    for element, _ in identifiers:
        element.text = model.EN16931
    text = _text(document.root)
    for element, identifier in identifiers:
        element.text = identifier
    return text


def _text(root: etree._Element) -> str:
    return etree.tostring(root, encoding="unicode")


def _joined(first: list[model.Finding], more: list[model.Finding]) -> list[model.Finding]:
    """Both without doubles: one rule at one place, or at an element around that place."""
    return first + [each for each in more if not any(_is_same(each, known) for known in first)]


def _is_same(one: model.Finding, other: model.Finding) -> bool:
    if one.rule != other.rule:
        return False
    return one.path.startswith(other.path) or other.path.startswith(one.path)
