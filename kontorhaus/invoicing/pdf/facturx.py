"""The XMP that makes a PDF with an attached invoice a Factur-X (Factur-X 1.0, ZUGFeRD 2)."""

from __future__ import annotations

_FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": "name of the embedded XML invoice file",
    "DocumentType": "INVOICE",
    "Version": "version of the Factur-X XML schema",
    "ConformanceLevel": "conformance level of the embedded Factur-X data",
}
_BAG_END = b"</rdf:Bag></pdfaExtension:schemas>"
_END = b"</rdf:RDF>"


def described(packet: bytes, *, level: str) -> bytes:
    """The XMP of typst that says besides: factur-x.xml is attached, in the conformance level given.

    The extension schema joins the bag that typst wrote: a second bag would break PDF/A.
    """
    assert packet.count(_BAG_END) == packet.count(_END) == 1, "typst describes its own extensions"
    packet = packet.replace(_BAG_END, _EXTENSION_SCHEMA.encode() + _BAG_END)
    return packet.replace(_END, _description(level).encode() + _END)


def _property(name: str, meaning: str) -> str:
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        f"<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
    )


# The prefixes are those that typst declared; PDF/A demands them.
_EXTENSION_SCHEMA = (
    f'<rdf:li rdf:parseType="Resource">'
    f"<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_FACTUR_X}</pdfaSchema:namespaceURI>"
    f"<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    f"<pdfaSchema:property><rdf:Seq>{''.join(_property(*each) for each in _PROPERTIES.items())}"
    f"</rdf:Seq></pdfaSchema:property></rdf:li>"
)


def _description(level: str) -> str:
    return (
        f'<rdf:Description xmlns:fx="{_FACTUR_X}" rdf:about="">'
        f"<fx:DocumentType>INVOICE</fx:DocumentType>"
        f"<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>"
        f"<fx:Version>1.0</fx:Version><fx:ConformanceLevel>{level}</fx:ConformanceLevel>"
        f"</rdf:Description>"
    )
