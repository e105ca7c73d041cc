"""Invoices that we issue, as what the ledger needs to know about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kontorhaus.kernel.ids import DocumentId, IntentId, InvoiceId, OpenItemId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.invoices.model import InvoiceLine, InvoiceType


@dataclass(frozen=True, slots=True)
class RevenueGroup:
    """What one tax case of a document amounts to; `tax_code` is its code, such as UST19.

    Net and tax carry the sign of the group: deductions may make one group of an invoice negative.
    `is_advance` is a down payment: what is asked for before the service, or taken off after it.
    """

    tax_code: str
    net: Money
    tax: Money
    is_advance: bool = False


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """An invoice that was given out, with everything the ledger needs to know about it.

    `account` is the customer's personal account; `tax_date` the day of service or the end of its
    period (§ 13 UStG), None where the invoice date stands for it.
    """

    party_id: PartyId
    party_name: str
    account: str
    number: str
    invoice_date: date
    due_date: date | None
    tax_date: date | None
    groups: tuple[RevenueGroup, ...]
    lines: tuple[InvoiceLine, ...]
    document_id: DocumentId | None = None
    type: InvoiceType = "invoice"
    notes: str | None = None

    @property
    def is_advance(self) -> bool:
        """Whether it asks for a down payment."""
        return bool(self.groups) and all(group.is_advance for group in self.groups)

    @property
    def net(self) -> Money:
        """The sum of the groups without tax."""
        return self._sum(tuple(group.net for group in self.groups))

    @property
    def tax(self) -> Money:
        """The tax of all groups."""
        return self._sum(tuple(group.tax for group in self.groups))

    @property
    def gross(self) -> Money:
        """What the customer owes."""
        return self.net + self.tax

    def _sum(self, amounts: tuple[Money, ...]) -> Money:
        return Money(sum(amount.minor for amount in amounts), amounts[0].currency)


@dataclass(frozen=True, slots=True)
class RevenueAccounts:
    """Where a tax case posts to: its revenue account, and its VAT account if it has tax.

    `advance` takes what is paid before the service.
    """

    revenue: str
    advance: str
    vat: str | None


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """Where an issued invoice stands in the books."""

    id: InvoiceId
    intent_id: IntentId
    open_item_id: OpenItemId
