"""The table of all rules of XRechnung, and the judgement of a document by them."""

from __future__ import annotations

from collections.abc import Iterator

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


def check(document: Terms) -> Iterator[model.Finding]:
    """What a document breaks, rule by rule and place by place."""
    for rule in in_force(document):
        for place in rule.breaches(document):
            yield _finding(rule, place.path)


def replaced(document: Terms) -> frozenset[str]:
    """The rules of EN 16931 that do not count for this document."""
    return frozenset(rule.replaces for rule in in_force(document) if rule.replaces)


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
