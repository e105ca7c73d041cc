"""A final document as the claim that the books keep of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.contacts.rules import with_tax_number
from kontorhaus.invoicing import rules
from kontorhaus.invoicing.making import wording
from kontorhaus.invoicing.model import Client, Content, PricedLine, Snapshot, TaxGroup
from kontorhaus.kernel.ids import DocumentId, PartyId
from kontorhaus.kernel.money import shares
from kontorhaus.openitems.invoices.model import InvoiceLine
from kontorhaus.receivables import actions as receivables
from kontorhaus.receivables.model import IssuedInvoice, RevenueGroup
from kontorhaus.runtime.work import Work


def debtor(work: Work, *, content: Content) -> Party:
    """The party that owes the invoice; one who is no contact comes into the books with it."""
    assert content.client is not None, "a final document has a client"
    if content.client.party_id is not None:
        return contacts.party(work, party_id=PartyId(content.client.party_id))
    details = _details(content.client)
    return contacts.known_as(work, details=details) or receivables.register_customer(
        work, details=details, is_listed=False
    )


def _details(client: Client) -> PartyDetails:
    details = PartyDetails(
        name=client.name,
        name2=client.name2,
        client_number=client.client_number,
        address1=client.address1,
        address2=client.address2,
        address3=client.address3,
        country_code=client.country_code,
        contact_person=client.contact_person,
        email=client.email,
        phone=client.phone,
    )
    return with_tax_number(details, client.tax_number)


def issued(snapshot: Snapshot, *, document_id: DocumentId, party: Party) -> IssuedInvoice:
    """What the ledger needs to know about an invoice."""
    assert party.customer_account is not None, "a contact has a customer account"
    lines = {
        line.position: line for group in snapshot.totals.groups for line in _lines(snapshot, group)
    }
    return IssuedInvoice(
        party_id=party.id,
        party_name=party.details.name,
        account=party.customer_account,
        number=snapshot.number,
        invoice_date=snapshot.content.document_date,
        due_date=snapshot.due_date,
        tax_date=rules.tax_date(snapshot.content),
        groups=tuple(_groups(snapshot)),
        lines=(
            *(lines[position] for position in sorted(lines)),
            *_deductions(snapshot, after=len(lines)),
        ),
        document_id=document_id,
        type="credit_note" if snapshot.content.is_credit else "invoice",
    )


def _groups(snapshot: Snapshot) -> Iterator[RevenueGroup]:
    """Turnover, or a down payment on it; then what earlier down payments take off."""
    is_advance = snapshot.content.form == "partial"
    for group in snapshot.totals.groups:
        if group.tax_code:
            yield RevenueGroup(group.tax_code, group.net, group.tax, is_advance)
    for each in snapshot.totals.deductions:
        if each.tax_code:
            yield RevenueGroup(each.tax_code, -each.net, -each.tax, is_advance=True)


def _deductions(snapshot: Snapshot, *, after: int) -> Iterator[InvoiceLine]:
    for position, each in enumerate(snapshot.totals.deductions, start=after + 1):
        yield InvoiceLine(
            position=position,
            description=wording.deducted(each.number, snapshot.content.language),
            quantity=Decimal(-1),
            unit_price=each.net.decimal,
            tax_rate=each.rate,
            tax_amount=-each.tax,
            total=-each.gross,
        )


def _lines(snapshot: Snapshot, group: TaxGroup) -> Iterator[InvoiceLine]:
    """The lines of one tax group after the discount; net and tax shared so that they add up."""
    members = [
        (position, line)
        for position, line in enumerate(snapshot.totals.lines, start=1)
        if (line.tax_code, line.rate) == (group.tax_code, group.rate)
    ]
    weights = [line.net.minor for _, line in members]
    nets, taxes = shares(group.net, weights), shares(group.tax, weights)
    for (position, line), net, tax in zip(members, nets, taxes, strict=True):
        yield InvoiceLine(
            position=position,
            description=_text(line),
            quantity=line.line.quantity,
            unit_price=line.unit_net,
            tax_rate=line.rate,
            tax_amount=tax,
            total=net + tax,
            tax_code=group.tax_code,
        )


def _text(line: PricedLine) -> str:
    return line.line.title[:500]
