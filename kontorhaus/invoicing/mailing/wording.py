"""What is usually written around a document, in its language; whoever sends it may change it."""

from __future__ import annotations

from kontorhaus.invoicing.mailing.model import CoverLetter
from kontorhaus.invoicing.model import Document

_NAMES = {
    "invoice": ("Rechnung", "unsere Rechnung", "invoice"),
    "estimate": ("Angebot", "unser Angebot", "estimate"),
    "delivery-note": ("Lieferschein", "unseren Lieferschein", "delivery note"),
    "purchase-order": ("Bestellung", "unsere Bestellung", "purchase order"),
    "order-confirmation": (
        "Auftragsbestätigung",
        "unsere Auftragsbestätigung",
        "order confirmation",
    ),
}
_GERMAN = "Guten Tag,\n\nanbei erhalten Sie {name} {number}.\n\nMit freundlichen Grüßen\n{sender}\n"
_ENGLISH = "Hello,\n\nplease find attached our {name} {number}.\n\nKind regards\n{sender}\n"


def usual(document: Document, *, sender: str) -> CoverLetter:
    """The letter to the client of a document."""
    title, german, english = _NAMES[document.type]
    number = document.shown_number
    client = document.content.client
    if document.content.language == "de":
        text = _GERMAN.format(name=german, number=number, sender=sender)
    else:
        title = english.capitalize()
        text = _ENGLISH.format(name=english, number=number, sender=sender)
    return CoverLetter(
        recipient=(client.email if client else None) or "",
        subject=f"{title} {number}",
        message=text,
    )
