"""How and when to pay, in CII (BG-16, BT-9, BT-20)."""

from __future__ import annotations

from kontorhaus.invoicing.einvoice import model
from kontorhaus.invoicing.einvoice.cii_values import amount, day
from kontorhaus.invoicing.einvoice.markup import NOTHING, Markup, leaf, many, node, number
from kontorhaus.kernel.money import Money


def terms(invoice: model.Invoice, *, has_discounts: bool) -> Markup:
    """BT-20, BT-9 and BT-89; EXTENDED alone knows cash discounts, one group for each."""
    debit = invoice.payment.direct_debit if invoice.payment else None
    text = invoice.payment_terms if has_discounts else model.terms_text(invoice)
    usual = node(
        "ram:SpecifiedTradePaymentTerms",
        leaf("ram:Description", text),
        day("ram:DueDateDateTime", invoice.due_date),
        leaf("ram:DirectDebitMandateID", debit.mandate if debit else ""),
    )
    offered = [_discount(each, invoice) for each in invoice.discounts if has_discounts]
    return many([usual, *offered])


def _discount(discount: model.CashDiscount, invoice: model.Invoice) -> Markup:
    base = discount.base or invoice.totals.payable
    off = Money.rounded(base.decimal * discount.percent / 100, base.currency)
    return node(
        "ram:SpecifiedTradePaymentTerms",
        node(
            "ram:ApplicableTradePaymentDiscountTerms",
            day("ram:BasisDateTime", invoice.issue_date),
            leaf("ram:BasisPeriodMeasure", str(discount.days), unitCode="DAY"),
            amount("ram:BasisAmount", base),
            leaf("ram:CalculationPercent", number(discount.percent)),
            amount("ram:ActualDiscountAmount", off),
        ),
    )


def means(payment: model.PaymentInstructions) -> Markup:
    """How to pay (BG-16): one group for each account."""
    if not payment.code:
        return NOTHING
    card, debit = payment.card, payment.direct_debit
    transfers = payment.credit_transfers or (model.CreditTransfer(""),)
    return many(
        [
            node(
                "ram:SpecifiedTradeSettlementPaymentMeans",
                leaf("ram:TypeCode", payment.code),
                leaf("ram:Information", payment.text),
                node(
                    "ram:ApplicableTradeSettlementFinancialCard",
                    leaf("ram:ID", card.number if card else ""),
                    leaf("ram:CardholderName", card.holder if card else ""),
                ),
                node(
                    "ram:PayerPartyDebtorFinancialAccount",
                    leaf("ram:IBANID", debit.iban if debit else ""),
                ),
                node(
                    "ram:PayeePartyCreditorFinancialAccount",
                    leaf("ram:IBANID", transfer.iban),
                    leaf("ram:AccountName", transfer.account_name),
                ),
                node(
                    "ram:PayeeSpecifiedCreditorFinancialInstitution",
                    leaf("ram:BICID", transfer.bic),
                ),
            )
            for transfer in transfers
        ]
    )
