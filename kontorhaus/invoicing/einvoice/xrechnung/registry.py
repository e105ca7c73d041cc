"""The table of all rules of XRechnung, and the judgement of a document by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kontorhaus.invoicing.einvoice import fields, model, remedies
from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung import extension, general, payment, peppol, vehicles
from kontorhaus.invoicing.einvoice.xrechnung.rule import SPECIFICATIONS, Rule

RULES = (
    *general.RULES,
    *payment.RULES,
    *peppol.RULES,
    *extension.RULES,
    *vehicles.RULES,
)

# KoSIT's scenarios weigh some rules of EN 16931 otherwise: lists of schemes and units grow faster
# than the rules, and sub-lines belong to the extension.
_WEIGHTS: dict[str, model.Severity] = {
    "BR-CL-21": "warning",
    "BR-CL-23": "warning",
    "UBL-CR-646": "error",
}


def check(document: Terms) -> Iterator[model.Finding]:
    """What a document breaks, rule by rule and place by place."""
    for rule in in_force(document):
        for place in rule.breaches(document):
            yield _finding(rule, place.path)


def adapted(document: Terms, findings: Iterable[model.Finding]) -> Iterator[model.Finding]:
    """What EN 16931 finds, as XRechnung weighs it; what it has replaced is left out."""
    replaced = {rule.replaces for rule in in_force(document)}
    for found in findings:
        if found.rule not in replaced:
            yield replace(found, severity=_WEIGHTS.get(found.rule, found.severity))


def in_force(document: Terms) -> list[Rule]:
    """The rules that hold for a document, by its syntax and specification (BT-24)."""
    specification = SPECIFICATIONS.get(document.value("BT-24"))
    return [rule for rule in RULES if rule.is_in_force(document, specification)]


def _finding(rule: Rule, path: str) -> model.Finding:
    field = fields.field(rule.id, rule.term, path)
    remedy = remedies.of(rule.id, field)
    return model.Finding(
        rule.id,
        rule.severity,
        rule.english,
        rule.german,
        path,
        field,
        remedy.english,
        remedy.german,
    )
