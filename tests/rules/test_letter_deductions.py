"""A final invoice takes off the down payments that were invoiced (§ 14 (5) UStG)."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pikepdf
import pypdfium2

from kontorhaus.invoicing.pdf import letter, render
from kontorhaus.kernel.money import Money
from tests.rules.letter_examples import letter_of

PARTIAL = letter.Deduction(
    "RE-2026-0701", date(2026, 9, 15), Money(100000), Decimal(19), Money(19000)
)


def text(pdf: bytes) -> str:
    assert pikepdf.open(io.BytesIO(pdf)).pages
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def final(prices: str = "net") -> str:
    sums = letter.LetterTotals(
        lines=Money(300000),
        net=Money(300000),
        gross=Money(357000),
        payable=Money(238000),
        vat=(letter.Tax(Decimal(19), Money(300000), Money(57000)),),
        deductions=(PARTIAL,),
        remaining=(letter.Tax(Decimal(19), Money(200000), Money(38000)),),
    )
    made = letter_of(totals=sums, title_key="final_invoice", prices=prices, payment=None)
    return text(render.pdf(made)).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_final_invoice_names_each_down_payment_with_its_tax() -> None:
    for page in (final(), final("gross")):
        assert "Schlussrechnung RE-2026-0815" in page
        for said in ("RE-2026-0701 vom 15.09.2026", "1.000,00", "190,00", "1.190,00"):
            assert said in page
        assert "Gesamtleistung brutto" in page
        assert "2.380,00" in page
        assert "darin 19 % USt auf 2.000,00 € netto" in page


def test_without_down_payments_there_is_no_deduction() -> None:
    assert "Abschläge" not in text(render.pdf(letter_of()))
