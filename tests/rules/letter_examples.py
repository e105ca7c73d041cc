"""Example letters for the tests of the PDF: the Hamburg office supplier of all our samples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.pdf import letter
from kontorhaus.kernel.money import Money, total

LOGO = letter.Logo(
    "svg",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="8 6 48 52">'
    b'<path fill="#0f5c6e" d="M8 26 L32 6 L56 26 V58 H8 Z"/>'
    b'<path fill="#fff" d="M14 29 L32 14 L50 29 V52 H14 Z"/></svg>',
)
BANK = letter.Bank("DE02120300000000202051", "BYLADEM1001", "Deutsche Kreditbank")
SENDER = letter.Sender(
    name="Hansen & Söhne Kontorbedarf GmbH",
    address=("Speicherstraße 14", "20457 Hamburg"),
    country="Deutschland",
    contact=("+49 40 66969 140", "rechnung@hansen.example", "www.hansen.example"),
    legal=(
        "Amtsgericht Hamburg, HRB 123456",
        "Geschäftsführung Greta Hansen",
        "USt-IdNr. DE123456788",
        "Steuernummer 48/731/01234",
    ),
    vat_id="DE123456788",
    bank=BANK,
)
RECIPIENT = letter.Recipient(
    ("Nordlicht Verlag GmbH", "Buchhaltung", "Große Bleichen 21", "20354 Hamburg"),
    vat_id="DE987654321",
)
FACTS = (
    letter.Fact("issue_date", date(2026, 11, 20)),
    letter.Fact("service_period", (date(2026, 11, 2), date(2026, 11, 13))),
    letter.Fact("customer_number", "K-10482"),
    letter.Fact("buyer_reference", "04011000-12345-34"),
    letter.Fact("contact", "Greta Hansen"),
)


def line(place: int, quantity: str, price: str, rate: str, name: str) -> letter.LetterLine:
    """A position whose amount is quantity times price."""
    return letter.LetterLine(
        position=str(place),
        name=name,
        quantity=Decimal(quantity),
        unit="Stück",
        unit_price=Decimal(price),
        vat_rate=Decimal(rate),
        amount=Money.rounded(Decimal(quantity) * Decimal(price)),
        description="Eiche massiv, 160 × 80 cm" if place % 3 == 1 else "",
    )


LINES = (
    line(1, "4", "620.10", "19", "Schreibtisch „Elbe“, höhenverstellbar"),
    line(2, "6.5", "58", "19", "Lieferung und Montage"),
    line(3, "12", "18.60", "7", "Fachbuch „Ordnung im Kontor“"),
)


def letter_of(
    kind: letter.Kind = "invoice",
    lines: tuple[letter.LetterLine, ...] = LINES,
    **more: object,
) -> letter.Letter:
    """A letter of these lines with three percent off, its totals and its payment panel."""
    rates = sorted({each.vat_rate for each in lines if each.vat_rate}, reverse=True)
    taxes, adjustments = [], []
    for rate in rates:
        whole = total(each.amount for each in lines if each.vat_rate == rate and each.amount)
        off = Money.rounded(whole.decimal * Decimal("0.03"))
        adjustments.append(letter.Adjustment("Treuerabatt", -off, Decimal(3)))
        net = whole - off
        taxes.append(letter.Tax(rate, net, Money.rounded(net.decimal * rate / 100)))
    net = total(tax.base for tax in taxes)
    gross = net + total(tax.amount for tax in taxes)
    values: dict[str, object] = {
        "number": "RE-2026-0815",
        "issue_date": date(2026, 11, 20),
        "sender": SENDER,
        "recipient": RECIPIENT,
        "lines": lines,
        "facts": FACTS,
        "brand": letter.Brand(tagline="Möbel, Papier und Technik für das Büro", logo=LOGO),
        "totals": letter.LetterTotals(
            lines=total(each.amount for each in lines if each.amount),
            net=net,
            gross=gross,
            payable=gross,
            vat=tuple(taxes),
            adjustments=tuple(adjustments),
        ),
        "intro": ("Sehr geehrte Damen und Herren,", "für unsere Leistungen berechnen wir Ihnen:"),
        "terms": letter.Terms(
            due_date=date(2026, 12, 20),
            skonto=(
                letter.Skonto(
                    date(2026, 11, 30),
                    Decimal(2),
                    Money.rounded(gross.decimal * Decimal("0.02")),
                    gross - Money.rounded(gross.decimal * Decimal("0.02")),
                ),
            ),
        ),
        "payment": letter.Payment("RE-2026-0815", gross),
        "small_print": ("retained_title",),
    }
    return letter.Letter(kind=kind, **(values | more))  # type: ignore[arg-type]
