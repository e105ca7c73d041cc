"""The JSON shapes of the reports beyond the contract: BWA, ageing, cash flow, VAT return."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from kontorhaus.kernel.money import Money, total
from kontorhaus.kernel.period import Period
from kontorhaus.reports import bwa, model, vat_return
from kontorhaus.surfaces.conventions import fields


class BwaQuery(fields.CamelQuery):
    """The month of a BWA, the present one if it is left out."""

    month: Annotated[str, fields.text(7, 7, r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")] | None = None

    def period(self) -> Period | None:
        """The month as a period."""
        return Period(self.month) if self.month else None


class BwaLine(fields.Out):
    """One line of a BWA; earnings and costs are both positive in the usual case."""

    line: str
    name: str
    name_en: str
    is_total: bool
    month: fields.Money
    year_to_date: fields.Money


class DayQuery(fields.CamelQuery):
    """The day of an ageing list, today if it is left out."""

    date: fields.Day | None = None


class PartyAgeing(fields.Out):
    """What a party has open, by days overdue."""

    party_id: UUID | None
    account_number: str
    name: str
    item_count: int
    total: fields.Money
    not_due: fields.Money
    days_1_30: fields.Money
    days_31_60: fields.Money
    days_61_90: fields.Money
    days_over_90: fields.Money


class AgeingList(fields.Out):
    """All parties of a kind and what they have open together."""

    total: fields.Money
    parties: list[PartyAgeing]


class Ageing(fields.Out):
    """What is open: claims on customers, debts to vendors (both positive)."""

    receivables: AgeingList
    payables: AgeingList


class CashFlowQuery(fields.CamelQuery):
    """The days of a cash flow; without them the present fiscal year up to today."""

    start_date: fields.Day | None = None
    end_date: fields.Day | None = None


class CashFlowRow(fields.Out):
    """What came in and went out in a month against one group of accounts."""

    month: str
    group: str
    received: fields.Money
    paid: fields.Money
    net: fields.Money


class VatReturnQuery(fields.CamelQuery):
    """The month (2026-03) or quarter (2026-Q1) of a VAT return; `events` lists what it holds.

    `last` deducts the special prepayment before December, where this return is the last one.
    `margin_purchases` is what the goods had cost that were sold under the margin scheme.
    """

    period: Annotated[str, fields.text(7, 7, r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2]|Q[1-4])")]
    events: bool = True
    last: bool = False
    margin_purchases: Annotated[str, fields.text(1, 13, r"\d{1,10}(\.\d{1,2})?")] | None = None

    def purchases(self) -> Money | None:
        """The purchases as an amount in euros."""
        return Money.exact(Decimal(self.margin_purchases)) if self.margin_purchases else None


class TaxEvent(fields.Out):
    """An event that counts in a Kennzahl, with the sign it counts with."""

    journal_number: int
    intent_id: UUID
    booking_date: fields.Day
    tax_date: fields.Day
    tax_code: str | None
    kind: Literal["net", "tax", "self_assessed"]
    amount: fields.Money


class ReturnFigure(fields.Out):
    """A Kennzahl: `value` as it goes on the form, `booked` its sum in the ledger.

    `computed` comes on top of what is booked: the base of the margin scheme.
    """

    number: str
    kind: Literal["base", "tax"]
    form_line: str
    label: str
    value: fields.Money
    booked: fields.Money
    computed: fields.Money
    tax: fields.Money | None
    events: list[TaxEvent]


class MarginScheme(fields.Out):
    """Goods sold under § 25a UStG; `base` is null until `marginPurchases` says what they cost."""

    sales: fields.Money
    purchases: fields.Money | None
    base: fields.Money | None
    events: list[TaxEvent]


class ReportedElsewhere(fields.Out):
    """Turnover that belongs on another return: that of the one-stop shop."""

    tax_code: str
    label: str
    booked: fields.Money
    events: list[TaxEvent]


class VatReturn(fields.Out):
    """The advance VAT return; `payable` is Kz 83, `booked` what the ledger owes to the cent.

    `waiting` is the tax that waits for payment at its end (§ 20 UStG).
    """

    start_date: fields.Day
    end_date: fields.Day
    figures: list[ReturnFigure]
    payable: fields.Money
    booked: fields.Money
    waiting: fields.Money
    margin_scheme: MarginScheme | None
    reported_elsewhere: list[ReportedElsewhere]
    unassigned: list[TaxEvent]


def bwa_line(line: bwa.BwaLine) -> BwaLine:
    """A line as the API shows it."""
    return BwaLine(
        line=line.line,
        name=line.name,
        name_en=line.name_en,
        is_total=line.is_total,
        month=line.month,
        year_to_date=line.year_to_date,
    )


def ageing(found: dict[str, list[model.PartyAge]]) -> Ageing:
    """Both lists as the API shows them."""
    return Ageing(
        receivables=_ageing_list(found["receivable"]), payables=_ageing_list(found["liability"])
    )


def _ageing_list(parties: list[model.PartyAge]) -> AgeingList:
    return AgeingList(
        total=total((party.total for party in parties), "EUR") if parties else Money.zero(),
        parties=[_party(party) for party in parties],
    )


def _party(party: model.PartyAge) -> PartyAgeing:
    return PartyAgeing(
        party_id=party.party_id,
        account_number=party.account,
        name=party.name,
        item_count=party.count,
        total=party.total,
        not_due=party.ages[0],
        days_1_30=party.ages[1],
        days_31_60=party.ages[2],
        days_61_90=party.ages[3],
        days_over_90=party.ages[4],
    )


def cash_flow_row(row: model.CashFlow) -> CashFlowRow:
    """A row as the API shows it."""
    return CashFlowRow(
        month=row.month, group=row.group, received=row.received, paid=row.paid, net=row.net
    )


def vat_return_out(found: vat_return.VatReturn) -> VatReturn:
    """A VAT return as the API shows it."""
    return VatReturn(
        start_date=found.first_day,
        end_date=found.last_day,
        figures=[_figure(figure) for figure in found.figures],
        payable=found.payable,
        booked=found.booked,
        waiting=found.waiting,
        margin_scheme=_margin(found.margin) if found.margin else None,
        reported_elsewhere=[
            ReportedElsewhere(
                tax_code=one.tax_code,
                label=one.label,
                booked=one.booked,
                events=[_event(event) for event in one.events],
            )
            for one in found.elsewhere
        ],
        unassigned=[_event(event) for event in found.unassigned],
    )


def _margin(found: vat_return.MarginScheme) -> MarginScheme:
    return MarginScheme(
        sales=found.sales,
        purchases=found.purchases,
        base=found.base,
        events=[_event(event) for event in found.events],
    )


def _figure(figure: vat_return.ReturnFigure) -> ReturnFigure:
    return ReturnFigure.model_construct(
        number=figure.number,
        kind=figure.kind,
        form_line=figure.form_line,
        label=figure.label,
        value=figure.value,
        booked=figure.booked,
        computed=figure.computed,
        tax=figure.tax,
        events=[_event(event) for event in figure.events],
    )


def _event(event: vat_return.TaxEvent) -> TaxEvent:
    return TaxEvent.model_construct(
        journal_number=event.journal_number,
        intent_id=event.intent_id,
        booking_date=event.booking_date,
        tax_date=event.tax_date,
        tax_code=event.tax_code,
        kind=event.kind,
        amount=Money(event.amount),
    )
