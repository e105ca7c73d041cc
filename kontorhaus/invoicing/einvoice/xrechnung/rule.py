"""What a rule of XRechnung is, and the shapes that most rules have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kontorhaus.invoicing.einvoice import model
from kontorhaus.invoicing.einvoice.terms import DOCUMENT, Kind, Terms

# The places of a document that break a rule.
Breaches = Callable[[Terms], Iterable[Terms]]
# A specification with rules of its own, on top of XRechnung.
Specification = Literal["extension", "vehicles"]

EXTENSION = f"{model.XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
VEHICLES = f"{model.XRECHNUNG}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
SPECIFICATIONS: dict[str, Specification] = {EXTENSION: "extension", VEHICLES: "vehicles"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its official id, the term it is about, both texts, and where it is broken.

    Without `specification` it holds for every XRechnung. `replaces` is the rule of EN 16931 that
    counts no more where this one holds; `kinds` are the syntaxes that know it.
    """

    id: str
    term: str
    german: str
    english: str
    breaches: Breaches
    severity: model.Severity = "error"
    kinds: tuple[Kind, ...] = ("ubl", "cii")
    specification: Specification | None = None
    replaces: str = ""

    def is_in_force(self, document: Terms, specification: Specification | None) -> bool:
        """Whether the rule holds for a document of this specification."""
        return document.kind in self.kinds and self.specification in (None, specification)


def document(holds: Callable[[Terms], bool]) -> Breaches:
    """What must hold for the document as a whole."""
    return lambda document: () if holds(document) else (document,)


def each(group: str, holds: Callable[[Terms], bool]) -> Breaches:
    """What must hold for each group (or element) of this name."""
    return lambda document: (found for found in document.groups(group) if not holds(found))


def wanted(id: str, term: str, german: str, english: str, group: str = DOCUMENT) -> Rule:
    """A rule that a term is given, in each group or in the document; the texts name the term."""

    def breaches(document: Terms) -> Iterator[Terms]:
        places = document.groups(group) if group else [document]
        return (place for place in places if not place.value(term))

    return Rule(id, term, f"{german} ({term}) fehlt.", f"{english} ({term}) is missing.", breaches)
