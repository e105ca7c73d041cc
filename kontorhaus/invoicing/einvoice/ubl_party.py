"""Parties, addresses and identifiers in UBL."""

from __future__ import annotations

from kontorhaus.invoicing.einvoice import model
from kontorhaus.invoicing.einvoice.markup import NOTHING, Markup, leaf, node


def party(party: model.Party, creditor_id: str) -> Markup:
    identifiers = [_identification(each) for each in party.identifiers]
    if creditor_id:
        identifiers.append(_identification(model.Identifier(creditor_id, "SEPA")))
    contact = party.contact or model.Contact()
    return node(
        "cac:Party",
        identified("cbc:EndpointID", party.electronic_address),
        *identifiers,
        node("cac:PartyName", leaf("cbc:Name", party.trading_name)),
        address("cac:PostalAddress", party.address),
        _tax_scheme(party.vat_id, "VAT"),
        # BT-32: any scheme but VAT; FC is what the fiscal code is called elsewhere.
        _tax_scheme(party.tax_number, "FC"),
        node(
            "cac:PartyLegalEntity",
            leaf("cbc:RegistrationName", party.name),
            identified("cbc:CompanyID", party.legal_id),
            leaf("cbc:CompanyLegalForm", party.legal_information),
        ),
        node(
            "cac:Contact",
            leaf("cbc:Name", contact.name),
            leaf("cbc:Telephone", contact.phone),
            leaf("cbc:ElectronicMail", contact.email),
        ),
    )


def identified(tag: str, identifier: model.Identifier | None) -> Markup:
    return leaf(tag, identifier.value, schemeID=identifier.scheme) if identifier else NOTHING


def _identification(identifier: model.Identifier | None) -> Markup:
    return node("cac:PartyIdentification", identified("cbc:ID", identifier))


def _tax_scheme(value: str, kind: str) -> Markup:
    if not value:
        return NOTHING
    return node("cac:PartyTaxScheme", leaf("cbc:CompanyID", value), scheme(kind))


def scheme(kind: str = "VAT") -> Markup:
    return node("cac:TaxScheme", leaf("cbc:ID", kind))


def address(tag: str, address: model.Address | None) -> Markup:
    if address is None:
        return NOTHING
    return node(
        tag,
        leaf("cbc:StreetName", address.line1),
        leaf("cbc:AdditionalStreetName", address.line2),
        leaf("cbc:CityName", address.city),
        leaf("cbc:PostalZone", address.post_code),
        leaf("cbc:CountrySubentity", address.subdivision),
        node("cac:AddressLine", leaf("cbc:Line", address.line3)),
        node("cac:Country", leaf("cbc:IdentificationCode", address.country_code)),
    )


def payee(payee: model.Payee | None) -> Markup:
    if payee is None:
        return NOTHING
    return node(
        "cac:PayeeParty",
        _identification(payee.identifier),
        node("cac:PartyName", leaf("cbc:Name", payee.name)),
        node("cac:PartyLegalEntity", identified("cbc:CompanyID", payee.legal_id)),
    )


def tax_representative(representative: model.TaxRepresentative | None) -> Markup:
    if representative is None:
        return NOTHING
    return node(
        "cac:TaxRepresentativeParty",
        node("cac:PartyName", leaf("cbc:Name", representative.name)),
        address("cac:PostalAddress", representative.address),
        _tax_scheme(representative.vat_id, "VAT"),
    )
