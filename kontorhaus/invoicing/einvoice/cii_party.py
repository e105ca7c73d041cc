"""Parties, addresses and identifiers in CII."""

from __future__ import annotations

from kontorhaus.invoicing.einvoice import model
from kontorhaus.invoicing.einvoice.markup import NOTHING, Markup, leaf, node


def identified(tag: str, identifier: model.Identifier | None) -> Markup:
    return leaf(tag, identifier.value, schemeID=identifier.scheme) if identifier else NOTHING


def party(tag: str, party: model.Party) -> Markup:
    # CII puts ids of a scheme into GlobalID, others into ID.
    plain = [leaf("ram:ID", each.value) for each in party.identifiers if not each.scheme]
    of_scheme = [identified("ram:GlobalID", each) for each in party.identifiers if each.scheme]
    return node(
        tag,
        *plain,
        *of_scheme,
        leaf("ram:Name", party.name),
        leaf("ram:Description", party.legal_information),
        node(
            "ram:SpecifiedLegalOrganization",
            identified("ram:ID", party.legal_id),
            leaf("ram:TradingBusinessName", party.trading_name),
        ),
        _contact(party.contact),
        address(party.address),
        _communication("ram:URIUniversalCommunication", party.electronic_address),
        registration(party.tax_number, "FC"),
        registration(party.vat_id, "VA"),
    )


def _contact(contact: model.Contact | None) -> Markup:
    if contact is None:
        return NOTHING
    return node(
        "ram:DefinedTradeContact",
        leaf("ram:PersonName", contact.name),
        node("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", contact.phone)),
        node("ram:EmailURIUniversalCommunication", leaf("ram:URIID", contact.email)),
    )


def _communication(tag: str, identifier: model.Identifier | None) -> Markup:
    return node(tag, identified("ram:URIID", identifier))


def address(address: model.Address | None) -> Markup:
    if address is None:
        return NOTHING
    return node(
        "ram:PostalTradeAddress",
        leaf("ram:PostcodeCode", address.post_code),
        leaf("ram:LineOne", address.line1),
        leaf("ram:LineTwo", address.line2),
        leaf("ram:LineThree", address.line3),
        leaf("ram:CityName", address.city),
        leaf("ram:CountryID", address.country_code),
        leaf("ram:CountrySubDivisionName", address.subdivision),
    )


def registration(value: str, scheme: str) -> Markup:
    return node("ram:SpecifiedTaxRegistration", leaf("ram:ID", value, schemeID=scheme))


def payee(payee: model.Payee | None) -> Markup:
    if payee is None:
        return NOTHING
    identifier = payee.identifier
    tag = "ram:GlobalID" if identifier and identifier.scheme else "ram:ID"
    return node(
        "ram:PayeeTradeParty",
        identified(tag, identifier),
        leaf("ram:Name", payee.name),
        node("ram:SpecifiedLegalOrganization", identified("ram:ID", payee.legal_id)),
    )
