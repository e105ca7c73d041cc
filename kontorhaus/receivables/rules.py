"""How an issued invoice becomes transfers: revenue and tax per tax case against the customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.openitems.invoices.model import RecordedInvoice
from kontorhaus.receivables.model import IssuedInvoice, RevenueAccounts, RevenueGroup
from kontorhaus.tax import cases
from kontorhaus.tax import rules as tax

_MAX_TEXT = 500


def revenue_accounts(groups: Sequence[RevenueGroup], chart: str) -> Mapping[str, RevenueAccounts]:
    """The accounts of every tax code that occurs; Invalid("vat_rate") if one cannot be posted."""
    result = {}
    key_accounts = charts.KEY_ACCOUNTS[chart]
    for group in groups:
        case = cases.by_code(group.tax_code)
        revenue = case.revenue_account[chart]
        vat = tax.system_code(case, chart).vat_account
        if not case.is_active or revenue is None or (group.tax and vat is None):
            raise Invalid(
                "vat_rate", f"{case.label_de} has no account in {chart} to post to.", field="lines"
            )
        result[group.tax_code] = RevenueAccounts(
            revenue=revenue, advance=key_accounts.advance(group.tax_code), vat=vat
        )
    return result


def recorded(
    invoice: IssuedInvoice, accounts: Mapping[str, RevenueAccounts], intent_id: IntentId
) -> RecordedInvoice:
    """The invoice as it is kept: its lines name the accounts that its booking posted them to."""

    def account(tax_code: str) -> str:
        found = accounts[tax_code]
        return found.advance if invoice.is_advance else found.revenue

    return RecordedInvoice(
        party_id=invoice.party_id,
        number=invoice.number,
        invoice_date=invoice.invoice_date,
        due_date=invoice.due_date,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        lines=tuple(
            replace(line, account=account(line.tax_code)) if line.tax_code else line
            for line in invoice.lines
        ),
        intent_id=intent_id,
        notes=invoice.notes,
        type=invoice.type,
    )


def invoice_events(
    invoice: IssuedInvoice, accounts: Mapping[str, RevenueAccounts]
) -> tuple[Transfer, ...]:
    """Per tax case a net and a tax transfer, in the order of the groups.

    The customer is debited; a credit note, or a group that deductions made negative, is turned
    round, so that every transfer stays positive (§ 17 (1) UStG: the tax follows the base).
    """
    return tuple(
        transfer
        for position, group in enumerate(invoice.groups, start=1)
        for transfer in _group_events(invoice, group, accounts[group.tax_code], position)
    )


def _group_events(
    invoice: IssuedInvoice, group: RevenueGroup, accounts: RevenueAccounts, position: int
) -> Iterator[Transfer]:
    revenue = accounts.advance if group.is_advance else accounts.revenue
    taxes = [(revenue, group.net, "net"), (accounts.vat, group.tax, "tax")]
    # untaxed turnover is told in the VAT return with the service, not with its down payment
    is_coded = not group.is_advance or bool(group.tax)
    for account, amount, kind in taxes:
        if not amount:
            continue
        assert account is not None
        owes_more = (amount.minor > 0) == (invoice.type == "invoice")
        yield Transfer(
            debit=invoice.account if owes_more else account,
            credit=account if owes_more else invoice.account,
            amount=abs(amount),
            pair=position,
            line=position,
            kind="net" if kind == "net" else "tax",
            tax_code=group.tax_code if is_coded else None,
            tax_side=None if not is_coded else "credit" if owes_more else "debit",
        )


def invoice_posting(invoice: IssuedInvoice, accounts: Mapping[str, RevenueAccounts]) -> Posting:
    """The posting of an issued invoice; Invalid("nothing_to_post") if it amounts to nothing."""
    events = invoice_events(invoice, accounts)
    if not events:
        raise Invalid(
            "nothing_to_post",
            "An invoice over 0.00 leaves nothing to claim or to post.",
            field="lines",
        )
    word = "Rechnung" if invoice.type == "invoice" else "Gutschrift"
    if invoice.is_advance:
        word = "Abschlagsrechnung"
    return Posting(
        booking_date=invoice.invoice_date,
        description=f"{word} {invoice.number} · {invoice.party_name}"[:_MAX_TEXT],
        transfers=events,
        source="invoicing",
        tax_date=invoice.tax_date,
        external_reference=invoice.number,
    )


def declared_payment(
    invoice_number: str, account: str, remaining: Money, in_transit: str
) -> Transfer:
    """What remains, from money in transit: the bank will bring it, the user says it was paid.

    What is below zero was paid back to the customer.
    """
    assert remaining, f"nothing is open on {invoice_number}"
    debit, credit = (in_transit, account) if remaining.minor > 0 else (account, in_transit)
    return Transfer(debit=debit, credit=credit, amount=abs(remaining), pair=1, line=1)
