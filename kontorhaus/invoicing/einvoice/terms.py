"""One view of an invoice for both syntaxes: its business terms, whether it is UBL or CII."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from lxml import etree

from kontorhaus.invoicing.einvoice.bindings import BINDINGS, NAMESPACES

Kind = Literal["ubl", "cii"]

DOCUMENT = ""


def _compiled(place: Kind) -> dict[str, tuple[str, etree.XPath]]:
    return {
        term: (binding.home, etree.XPath(path, namespaces=NAMESPACES))
        for term, binding in BINDINGS.items()
        if (path := getattr(binding, place)) is not None
    }


_PATHS: Mapping[Kind, Mapping[str, tuple[str, etree.XPath]]] = {
    "ubl": _compiled("ubl"),
    "cii": _compiled("cii"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a document, or of one group of it.

    A group sees its own terms; those of no group of its own are the document's.
    """

    root: etree._Element
    kind: Kind
    group: str = DOCUMENT

    def values(self, term: str) -> list[str]:
        """The texts of a term, blanks normalized, in order; empty ones are left out."""
        texts = (" ".join(text.split()) for text in self.raw(term))
        return [text for text in texts if text]

    def raw(self, term: str) -> list[str]:
        """The texts of a term as they stand there."""
        return [_text(found) for found in self._found(term)]

    def value(self, term: str) -> str:
        """The first text of a term, or an empty one."""
        return next(iter(self.values(term)), "")

    def number(self, term: str, absent: str = "0") -> Decimal:
        """The first text of a term as a number (the schema has seen to it that it is one)."""
        return Decimal(self.value(term) or absent)

    def has(self, term: str) -> bool:
        """Whether the element of a term or group is there."""
        return bool(self._found(term))

    def groups(self, term: str) -> list[Terms]:
        """The groups of this name, in order; an element of a term is one, too."""
        return [Terms(found, self.kind, term) for found in self._found(term)]

    def attribute(self, name: str) -> str:
        """An attribute of the element itself, or an empty text."""
        return " ".join((self.root.get(name) or "").split())

    @property
    def text(self) -> str:
        """The text of the element itself, blanks normalized."""
        return " ".join(_text(self.root).split())

    @property
    def path(self) -> str:
        """Where the element stands: /Invoice[1]/InvoiceLine[2]."""
        steps = []
        element: etree._Element | None = self.root
        while element is not None:
            place = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
            steps.append(f"{etree.QName(element).localname}[{place}]")
            element = element.getparent()
        return "/" + "/".join(reversed(steps))

    def _found(self, term: str) -> list[etree._Element]:
        home, path = _PATHS[self.kind].get(term, (None, None))
        if path is None:
            return []
        if home == self.group:
            return cast(list[etree._Element], path(self.root))
        if home == DOCUMENT:
            return cast(list[etree._Element], path(self.root.getroottree().getroot()))
        return [found for group in self.groups(str(home)) for found in group._found(term)]


def _text(element: etree._Element) -> str:
    if not len(element):
        return element.text or ""
    return "".join(map(str, element.itertext(None)))
