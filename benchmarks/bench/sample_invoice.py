"""An invoice as it is frozen, for measuring what is made from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing import rules
from kontorhaus.invoicing.model import Client, Content, Line, Seller, Snapshot

LINES = 5

SELLER = Seller(
    name="Nordlicht Hosting GmbH",
    shown_name="Nordlicht Hosting",
    name2="",
    country_code="DE",
    address=("Hafenstraße 7", "20457 Hamburg"),
    ceo="Greta Hansen",
    legal_lines=("Amtsgericht Hamburg, HRB 123456",),
    email="rechnung@nordlicht.example",
    phone="+49 40 1234567",
    contact_lines=(),
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    bank_name="Deutsche Kreditbank",
    payment_lines=(),
    tax_numbers=(("Steuernummer", "48/731/01234"), ("USt-IdNr.", "DE123456788")),
    currency="EUR",
    small_trader=False,
    small_trader_text="",
)
CLIENT = Client(
    name="Große Bücher GmbH",
    client_number="K-1042",
    address1="Große Bleichen 21",
    address2="20354 Hamburg",
    country_code="DE",
    email="einkauf@buecher.example",
)


def snapshot(export_type: str, number: int, lines: int = LINES) -> Snapshot:
    """An invoice as it is frozen; each number is another customer's, with other amounts."""
    client = replace(CLIENT, name=f"Große Bücher {number} GmbH", client_number=f"K-{number}")
    written = tuple(
        Line(
            f"Hosting Paket {number + place}",
            Decimal(place),
            Decimal(number) + place,
            None,
            Decimal(19 if place % 2 else 7),
            unit="Monat",
            title2="Zeitraum März 2026",
        )
        for place in range(1, lines + 1)
    )
    content = rules.check_content(
        Content(date(2026, 3, 2), client, written, export_type=export_type), "invoice"
    )
    return Snapshot(
        type="invoice",
        number=f"RE-2026-{number:04d}",
        finalized=True,
        is_test=False,
        content=content,
        totals=rules.totals(content, small_trader=False),
        seller=SELLER,
        due_date=date(2026, 3, 16),
    )
