"""Example invoices for the tests of the e-invoice: a seller, a buyer, lines, their totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.einvoice import model
from kontorhaus.kernel.money import Money, total

SELLER = model.Party(
    name="Hansen & Söhne Kontorbedarf GmbH",
    address=model.Address("DE", "Speicherstraße 14", post_code="20457", city="Hamburg"),
    vat_id="DE123456788",
    tax_number="48/731/01234",
    legal_information="Amtsgericht Hamburg, HRB 123456",
    electronic_address=model.Identifier("rechnung@hansen.example", "EM"),
    contact=model.Contact("Greta Hansen", "+49 40 66969 140", "rechnung@hansen.example"),
)
BUYER = model.Party(
    name="Nordlicht Verlag GmbH",
    address=model.Address("DE", "Große Bleichen 21", post_code="20354", city="Hamburg"),
    electronic_address=model.Identifier("eingang@nordlicht.example", "EM"),
    contact=model.Contact("Dr. Annika Schäfer"),
)
TRANSFER = model.PaymentInstructions(
    code="58",
    reference="RE-2026-0815",
    credit_transfers=(
        model.CreditTransfer("DE02120300000000202051", "Hansen & Söhne", "BYLADEM1001"),
    ),
)


def line(
    quantity: str, price: str, rate: str = "19", name: str = "Papier", **more: object
) -> model.Line:
    """A line of category S (or "category") whose net is quantity times price."""
    category = str(more.pop("category", "S"))
    return model.Line(
        id=str(more.pop("id", "1")),
        name=name,
        quantity=Decimal(quantity),
        unit_code=str(more.pop("unit_code", "H87")),
        unit_price=Decimal(price),
        net=Money.rounded(Decimal(quantity) * Decimal(price)),
        category=category,
        rate=None if category == "O" else Decimal(rate),
        **more,  # type: ignore[arg-type]
    )


def _allowances(
    nets: Mapping[tuple[str, Decimal | None], Money], percent: Decimal
) -> tuple[model.Adjustment, ...]:
    return tuple(
        model.Adjustment(
            Money.rounded(net.decimal * percent / 100),
            reason="Rabatt",
            reason_code="95",
            percent=percent,
            base=net,
            category=category,
            rate=rate,
        )
        for (category, rate), net in nets.items()
        if percent
    )


def invoice(
    lines: Sequence[model.Line],
    *,
    discount: str = "0",
    exemption: tuple[str, str] = ("", ""),
    **more: object,
) -> model.Invoice:
    """An invoice of these lines; `discount` percent is one allowance per VAT rate."""
    numbered = tuple(replace(each, id=str(place)) for place, each in enumerate(lines, start=1))
    nets: dict[tuple[str, Decimal | None], Money] = {}
    for each in numbered:
        key = (each.category, each.rate)
        nets[key] = nets.get(key, Money.zero()) + each.net
    allowances = _allowances(nets, Decimal(discount))
    for allowance in allowances:
        key = (allowance.category, allowance.rate)
        nets[key] = nets[key] - allowance.amount
    vat = tuple(
        model.VatBreakdown(
            category, rate, net, Money.rounded(net.decimal * (rate or 0) / 100), *exemption
        )
        for (category, rate), net in nets.items()
    )
    net, tax = total(each.base for each in vat), total(each.tax for each in vat)
    values: dict[str, object] = {
        "number": "RE-2026-0815",
        "issue_date": date(2026, 11, 20),
        "due_date": date(2026, 12, 20),
        "seller": SELLER,
        "buyer": BUYER,
        "lines": numbered,
        "vat": vat,
        "adjustments": allowances,
        "totals": model.Totals(
            lines=total(each.net for each in numbered),
            net=net,
            tax=tax,
            gross=net + tax,
            payable=net + tax,
            allowances=total(each.amount for each in allowances) if allowances else None,
        ),
        "buyer_reference": "04011000-12345-34",
        "delivery": model.Delivery(date(2026, 11, 18)),
        "payment": TRANSFER,
    }
    return model.Invoice(**(values | more))  # type: ignore[arg-type]


EXAMPLES: dict[str, model.Invoice] = {
    "one line": invoice([line("2", "59.00")]),
    "two rates and a discount": invoice(
        [line("3", "0.33"), line("7", "9.99", "7"), line("6.5", "58", unit_code="HUR")],
        discount="3",
        discounts=(model.CashDiscount(10, Decimal("2")), model.CashDiscount(20, Decimal("1"))),
        payment_terms="Zahlbar bis 20.12.2026.",
    ),
    "a negative price": invoice([line("1", "400"), line("1", "-25.50", name="Gutschein")]),
    "a credit note": invoice(
        [line("4", "620.10"), line("12", "18.60", "7")],
        type_code=model.CREDIT_NOTE,
        preceding=(model.PrecedingInvoice("RE-2026-0815", date(2026, 11, 20)),),
        number="ST-2026-0031",
    ),
    "reverse charge": invoice(
        [line("1", "1000", "0", category="AE")],
        exemption=("Steuerschuldnerschaft des Leistungsempfängers", "VATEX-EU-AE"),
        buyer=replace(BUYER, vat_id="DE987654321"),
    ),
    "an intra-community supply": invoice(
        [line("10", "80", "0", category="K")],
        exemption=("Steuerfreie innergemeinschaftliche Lieferung", "VATEX-EU-IC"),
        buyer=replace(
            BUYER,
            vat_id="ATU12345678",
            address=model.Address("AT", "Ring 1", post_code="1010", city="Wien"),
        ),
        delivery=model.Delivery(
            date(2026, 11, 18), model.Address("AT", "Ring 1", post_code="1010", city="Wien")
        ),
    ),
    "a small trader": invoice(
        [line("1", "120", "0", category="E")],
        exemption=("Steuerbefreiung für Kleinunternehmer (§ 19 UStG)", ""),
    ),
    "not taxable": invoice(
        [line("1", "900", category="O")],
        exemption=("Nicht im Inland steuerbare Leistung", "VATEX-EU-O"),
        seller=replace(SELLER, vat_id="", legal_id=model.Identifier("HRB 123456")),
        buyer=replace(
            BUYER, address=model.Address("CH", "Gasse 2", post_code="8001", city="Zürich")
        ),
    ),
    "zero rated": invoice([line("1", "5000", "0", category="Z")]),
    "everything at once": invoice(
        [
            line(
                "12.125",
                "3.4567",
                description='Mit <spitzen> & "krummen" Zeichen 😀',
                note="Notiz",
                order_line="7",
                object_id=model.Identifier("Z-1", "AAG"),
                accounting_reference="4711",
                seller_item_id="A-1",
                buyer_item_id="B-1",
                standard_item_id=model.Identifier("4012345678901", "0160"),
                origin_country="DE",
                attributes=(("Farbe", "blau"),),
                period=model.Span(date(2026, 11, 1), date(2026, 11, 10)),
            )
        ],
        period=model.Span(date(2026, 11, 1), date(2026, 11, 18)),
        notes=(model.Note("Wir danken."), model.Note("Hinweis", "REG")),
        references=model.References(
            project="P-1",
            contract="V-1",
            order="B-77",
            sales_order="A-77",
            receiving_advice="WE-1",
            despatch_advice="LS-1",
            tender="LOS-1",
            object_id=model.Identifier("OBJ-1", "ABT"),
            accounting="KST 100",
        ),
        attachments=(
            model.Attachment(
                "Anlage 1", "Liste", content=b"a;b", mime_type="text/csv", file_name="l.csv"
            ),
            model.Attachment("Anlage 2", url="https://example.com/a"),
        ),
        payee=model.Payee("Factoring AG", model.Identifier("F-1"), model.Identifier("HRB 9", "")),
        tax_representative=None,
        delivery=model.Delivery(
            date(2026, 11, 18),
            model.Address("DE", "Tor 2", "Halle 3", "Rampe", "20354", "Hamburg", "HH"),
            "Lager",
            model.Identifier("4012345000009", "0088"),
        ),
    ),
    "a direct debit": invoice(
        [line("1", "10")],
        payment=model.PaymentInstructions(
            "59",
            reference="RE-1",
            direct_debit=model.DirectDebit("M-1", "DE98ZZZ09999999999", "DE02120300000000202051"),
        ),
    ),
}
