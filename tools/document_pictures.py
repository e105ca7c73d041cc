"""Draw the pictures of documents that the guide shows: `python -m tools.document_pictures`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from PIL import Image

from kontorhaus.invoicing import rules
from kontorhaus.invoicing.agreement.model import Agreement, CashDiscount
from kontorhaus.invoicing.making import rendering
from kontorhaus.invoicing.model import Client, Content, Line, Seller, Snapshot
from kontorhaus.invoicing.stationery.model import Brand

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
COLOURS = 64

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
    brand=Brand(tagline="Server, die laufen"),
)
CLIENT = Client(
    name="Große Bücher GmbH",
    client_number="K-1042",
    address1="Große Bleichen 21",
    address2="20354 Hamburg",
    country_code="DE",
)
AUSTRIAN = Client(
    name="Wiener Verlag OG",
    client_number="K-1077",
    address1="Ring 1",
    address2="1010 Wien",
    country_code="AT",
    tax_number="ATU12345675",
)
LINES = (
    Line("Hosting L", Decimal(3), Decimal("149.00"), None, Decimal(19), "März 2026", unit="Monat"),
    Line("Umzug der Datenbank", Decimal("6.5"), Decimal("110.00"), None, Decimal(19), unit="Std."),
    Line("Handbuch", Decimal(2), Decimal("24.90"), None, Decimal(7), unit="Stück"),
)
INVOICE = Content(
    document_date=date(2026, 3, 31),
    client=CLIENT,
    lines=LINES,
    service_date=date(2026, 3, 1),
    service_date_end=date(2026, 3, 31),
    introduction="Vielen Dank für Ihren Auftrag. Wir berechnen wie vereinbart:",
    agreement=Agreement(
        buyer_reference="04011000-1234512345-06",
        order="B-4711",
        discounts=(CashDiscount(7, Decimal(2)),),
    ),
)


def snapshot(content: Content, number: str) -> Snapshot:
    """A final invoice that says so."""
    checked = rules.check_content(content, "invoice")
    return Snapshot(
        type="invoice",
        number=number,
        finalized=True,
        is_test=False,
        content=checked,
        totals=rules.totals(checked, small_trader=False),
        seller=SELLER,
        due_date=date(2026, 4, 14),
    )


def documents() -> Iterator[tuple[str, Snapshot]]:
    """Each picture by its name."""
    yield "invoice", snapshot(INVOICE, "RE-2026-0042")
    classic = replace(SELLER, brand=Brand(theme="classic"))
    foreign = replace(
        INVOICE, client=AUSTRIAN, vat_regulation="reverse-charge", agreement=Agreement()
    )
    yield "reverse-charge", replace(snapshot(foreign, "RE-2026-0043"), seller=classic)


def small(picture: bytes) -> bytes:
    """The same picture in few colours."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        opened.convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Write every picture into the folder of the guide."""
    for name, document in documents():
        (FOLDER / f"{name}.png").write_bytes(small(rendering.picture(document)))


if __name__ == "__main__":
    main()
