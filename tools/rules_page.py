"""Write the guide page of XRechnung's rules from their table: `python -m tools.rules_page`."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from kontorhaus.invoicing.einvoice.xrechnung import extension, general, payment, peppol, vehicles
from kontorhaus.invoicing.einvoice.xrechnung.rule import Rule

PAGE = Path(__file__).parent.parent / "docs" / "guide" / "xrechnung-rules.md"

_CHAPTERS: tuple[tuple[str, str, ModuleType], ...] = (
    ("Parties, texts, attachments", "Every XRechnung is held to these.", general),
    ("Payment", "Every XRechnung is held to these.", payment),
    (
        "Rules adopted from PEPPOL BIS Billing",
        "Every XRechnung is held to these. XRechnung leaves out R002 to R004, R006, R007, R051,"
        " R080 and R100.",
        peppol,
    ),
    (
        "Extension",
        "Only documents whose specification identifier (BT-24) names the extension.",
        extension,
    ),
    (
        "Clean Vehicles Directive",
        "Only documents whose specification identifier (BT-24) names XRechnung CVD 0.9.",
        vehicles,
    ),
)
_HEAD = """\
# Rules of XRechnung

What XRechnung 3.0.2 wants beyond EN 16931, as KoSIT's rules of January 2026 (2.5.0) publish it.
Kontorhaus decides these rules itself, for UBL invoices, UBL credit notes and CII; they stand beside
the official rules of EN 16931 and, if an operator wants it,
[beside KoSIT's own](operate.md#rules-of-xrechnung).

An *error* (KoSIT calls it fatal) keeps an invoice from becoming final; warnings and information do
not.
A refusal (422) names the rule, the field of the request that repairs it, and what to do.
BR-DE-12, BR-DE-13 and BR-DE-29 are no more: 23 to 25 and PEPPOL-EN16931-R061 took their place.

As KoSIT's validator does, an XRechnung takes BR-CL-21 and BR-CL-23 of EN 16931 as warnings and
UBL-CR-646 as an error. PEPPOL-EN16931-R120 is a warning for what others write; an invoice of
Kontorhaus itself does not become final when a line is not quantity times price.

This page is made from the table of rules by `python -m tools.rules_page`.
"""


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(_chapter(*chapter) for chapter in _CHAPTERS)


def _chapter(title: str, scope: str, module: ModuleType) -> str:
    place = module.__name__.replace(".", "/")
    rows = "".join(map(_row, module.RULES))
    return (
        f"\n## {title}\n\n{scope} Decided in `{place}.py`.\n\n"
        "| rule | message | auf Deutsch | severity | syntax |\n"
        f"| --- | --- | --- | --- | --- |\n{rows}"
    )


def _row(rule: Rule) -> str:
    syntax = ", ".join(kind.upper() for kind in rule.kinds)
    name = f"{rule.id}, instead of {rule.replaces}" if rule.replaces else rule.id
    return f"| {name} | {rule.english} | {rule.german} | {rule.severity} | {syntax} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
