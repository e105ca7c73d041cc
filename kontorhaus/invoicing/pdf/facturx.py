"""The XMP that makes a PDF with an attached invoice a Factur-X (Factur-X 1.0, ZUGFeRD 2)."""

from __future__ import annotations

import pikepdf
from lxml import etree

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
_PROPERTIES = {
    "DocumentFileName": "name of the embedded XML invoice file",
    "DocumentType": "INVOICE",
    "Version": "version of the Factur-X XML schema",
    "ConformanceLevel": "conformance level of the embedded Factur-X data",
}
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = b'<?xpacket end="r"?>'


def describe(document: pikepdf.Pdf, *, level: str = "EN 16931") -> None:
    """Says in the metadata that factur-x.xml is attached, in the conformance level given.

    The extension schema joins the bag that typst wrote: a second bag would break PDF/A.
    """
    packet = document.Root.Metadata.read_bytes()
    begin, end = packet.index(b"<x:xmpmeta"), packet.rindex(b"</x:xmpmeta>")
    tree = etree.fromstring(packet[begin : end + len(b"</x:xmpmeta>")])
    root = tree.find(f"{{{_RDF}}}RDF")
    bag = tree.find(f".//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    assert root is not None
    assert bag is not None, "typst describes its own extension schema"
    bag.append(etree.fromstring(_EXTENSION_SCHEMA))
    root.append(etree.fromstring(_description(level)))
    document.Root.Metadata.write(_BEGIN + etree.tostring(tree) + _END)


def _resource(name: str, meaning: str) -> str:
    return (
        f'<rdf:li rdf:parseType="Resource"><p:name>{name}</p:name>'
        f"<p:valueType>Text</p:valueType><p:category>external</p:category>"
        f"<p:description>{meaning}</p:description></rdf:li>"
    )


_EXTENSION_SCHEMA = (
    f'<rdf:li xmlns:rdf="{_RDF}" xmlns:s="{_SCHEMA}" xmlns:p="{_PROPERTY}" '
    f'rdf:parseType="Resource"><s:schema>Factur-X PDFA Extension Schema</s:schema>'
    f"<s:namespaceURI>{_FACTUR_X}</s:namespaceURI><s:prefix>fx</s:prefix>"
    f"<s:property><rdf:Seq>{''.join(_resource(*item) for item in _PROPERTIES.items())}</rdf:Seq>"
    f"</s:property></rdf:li>"
)


def _description(level: str) -> str:
    return (
        f'<rdf:Description xmlns:rdf="{_RDF}" xmlns:fx="{_FACTUR_X}" rdf:about="">'
        f"<fx:DocumentType>INVOICE</fx:DocumentType>"
        f"<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>"
        f"<fx:Version>1.0</fx:Version><fx:ConformanceLevel>{level}</fx:ConformanceLevel>"
        f"</rdf:Description>"
    )
