"""The XML of a document, in the syntax and profile that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kontorhaus.invoicing.agreement import rules as agreed
from kontorhaus.invoicing.einvoice import cii, model, profiles, ubl
from kontorhaus.invoicing.einvoice.terms import Kind
from kontorhaus.invoicing.making import xml_invoice
from kontorhaus.invoicing.model import Content, Snapshot


@dataclass(frozen=True, slots=True)
class Form:
    """Syntax and specification (BT-24); `level` is what the metadata of a Factur-X call it."""

    kind: Kind
    profile: str
    level: str = ""

    @property
    def is_xrechnung(self) -> bool:
        """Whether the rules of XRechnung hold, too."""
        return self.profile == model.XRECHNUNG


def form(content: Content) -> Form:
    """The form of an e-invoice; a plain PDF is looked at as if it were a Factur-X."""
    if content.export_type == "xrechnung":
        return Form(content.agreement.syntax, model.XRECHNUNG)
    if agreed.profile(content.agreement) == "extended":
        return Form("cii", profiles.EXTENDED, "EXTENDED")
    return Form("cii", model.EN16931, "EN 16931")


_NOTHING: Mapping[str, bytes] = {}


def write(snapshot: Snapshot, enclosed: Mapping[str, bytes] = _NOTHING) -> bytes:
    """The XML of an invoice with its files by SHA-256: the same gives the same bytes."""
    chosen = form(snapshot.content)
    invoice = xml_invoice.invoice(snapshot, enclosed)
    if chosen.kind == "ubl":
        return ubl.write(invoice, profile=chosen.profile)
    return cii.write(invoice, profile=chosen.profile)
