"""What a final invoice takes off (§ 14 (5) sentence 2 UStG), and what may be given back (§ 17)."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.invoicing.model import Deduction, Totals
from kontorhaus.invoicing.preceding.model import Partial
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.money import Money


def deductions(partials: Sequence[Partial]) -> tuple[Deduction, ...]:
    """What partial invoices take off a final one, each by its tax groups."""
    return tuple(
        Deduction(each.number, each.document_date, group.tax_code, group.rate, group.net, group.tax)
        for each in partials
        for group in each.totals.groups
    )


def check_payable(totals: Totals) -> None:
    """Down payments take off no more than the service amounts to; Invalid("total")."""
    if totals.payable.minor < 0:
        raise Invalid(
            "total",
            f"The down payments of {totals.deducted} exceed the invoice: cancel one of them.",
            field="lines",
        )


def check_paid(unpaid: list[str]) -> None:
    """Only a received down payment is deducted; Conflict("down_payment_open")."""
    if unpaid:
        raise Conflict(
            "down_payment_open",
            f"Not paid yet: {', '.join(unpaid)}. Mark it as paid, or cancel it first.",
            fields=["finalized"],
        )


def check_credit(amount: Money, credited: Money, invoice: Money) -> None:
    """Credit notes give back no more than the invoice claimed; Invalid("total")."""
    if (amount + credited).minor > invoice.minor:
        raise Invalid(
            "total",
            f"Of {invoice} there is {invoice - credited} left to give back.",
            field="lines",
        )
