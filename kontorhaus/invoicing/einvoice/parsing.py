"""Parsing foreign XML: no entity is resolved, nothing is fetched, no DOCTYPE is accepted."""

from __future__ import annotations

from lxml import etree

from kontorhaus.invoicing.einvoice import model, remedies

MAX_BYTES = 5_000_000


def parsed(xml: bytes) -> tuple[etree._Element | None, list[model.Finding]]:
    """The root of a document, or what keeps it from being read.

    That is its size, a DOCTYPE, or that it is not well-formed.
    """
    if len(xml) > MAX_BYTES:
        return None, refusal(
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
        return None, refusal(
            f"The document is not well-formed XML: {error}",
            f"Das Dokument ist kein wohlgeformtes XML: {error}",
        )
    if root.getroottree().docinfo.internalDTD:
        return None, refusal(
            "A document type declaration is not allowed.",
            "Eine Dokumenttyp-Deklaration (DOCTYPE) ist nicht erlaubt.",
        )
    return root, []


def refusal(message: str, message_de: str) -> list[model.Finding]:
    """The one finding of a document that is not looked at any further."""
    remedy = remedies.of("XML", None)
    return [
        model.Finding(
            "XML", "error", message, message_de, remedy=remedy.english, remedy_de=remedy.german
        )
    ]
