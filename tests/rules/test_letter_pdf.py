"""Letters become PDF/A-3b: metadata, attachment, GiroCode, page breaks, two languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

import cv2
import numpy
import pikepdf
import pypdfium2
import pytest
import typst

from kontorhaus.invoicing.einvoice import cii, validation
from kontorhaus.invoicing.pdf import blocks, girocode, letter, packing, render
from kontorhaus.invoicing.pdf.wording import Wording
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from tests.rules.einvoice_examples import EXAMPLES
from tests.rules.letter_examples import LINES, RECIPIENT, SENDER, letter_of, line

XML = cii.write(EXAMPLES["two rates and a discount"])
LONG = tuple(line(place, "2", "19.99", "19", f"Artikel {place}") for place in range(1, 61))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, blanks normalized."""
    opened = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_bounded() for page in opened]
    return [re.sub(r"\s+", " ", text) for text in texts]


def test_a_letter_is_pdf_a_3b_and_accessible() -> None:
    with pikepdf.open(io.BytesIO(render.pdf(letter_of()))) as opened:
        metadata = opened.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert metadata["pdfuaid:part"] == "1"
        assert opened.Root.Lang == "de-DE"
        assert opened.Root.MarkInfo.Marked
        assert opened.docinfo["/Title"] == "Rechnung RE-2026-0815"


def test_the_invoice_in_xml_is_attached_as_factur_x() -> None:
    with pikepdf.open(io.BytesIO(render.pdf(letter_of(), XML))) as opened:
        assert list(opened.attachments) == ["factur-x.xml"]
        assert opened.attachments["factur-x.xml"].get_file().read_bytes() == XML
        (associated,) = opened.Root.AF
        assert associated.AFRelationship == "/Alternative"
        packet = opened.Root.Metadata.read_bytes().decode()
    for said in (
        "<fx:DocumentType>INVOICE</fx:DocumentType>",
        "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
        "<fx:Version>1.0</fx:Version>",
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
    ):
        assert said in packet
    assert packet.count("<pdfaExtension:schemas>") == 1
    assert validation.validate(XML, "cii", False) == []


def test_without_xml_nothing_is_attached() -> None:
    with pikepdf.open(io.BytesIO(render.pdf(letter_of()))) as opened:
        assert not opened.attachments
        assert b"factur-x" not in opened.Root.Metadata.read_bytes()


def test_the_same_letter_gives_the_same_bytes() -> None:
    first = render.pdf(letter_of(), XML)
    render.pdf(letter_of(number="RE-2"), XML)
    assert render.pdf(letter_of(), XML) == first


def test_a_packed_pdf_holds_every_object_it_was_made_of() -> None:
    made = render.pdf(letter_of(), XML)
    with pikepdf.open(io.BytesIO(made)) as opened:
        plain = io.BytesIO()
        opened.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, linearize=False)
        assert not opened.check_pdf_syntax()
        assert b"/ObjStm" in made
        assert len(opened.objects) > 100
        assert len(made) < len(plain.getvalue())


def test_metadata_is_handed_over_as_it_is_and_kept_as_it_is_given() -> None:
    packet = b"<x>new</x>"
    seen = []

    def describe(given: bytes) -> bytes:
        seen.append(given)
        return packet

    made = packing.packed(typeset(), describe)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.Root.Metadata.read_bytes() == packet
    assert seen[0].startswith(b"<?xpacket begin=")


def typeset() -> bytes:
    """A PDF as typst writes it."""
    made = typst.compile(b"Moin", format="pdf", pdf_standards=[*render.STANDARDS[:1]])
    assert isinstance(made, bytes)
    return made


def test_a_letter_that_runs_over_its_page_is_told_so_however_few_lines_it_has() -> None:
    few = tuple(line(place, "1", "1", "19", " ".join(["Wort"] * 40)) for place in range(1, 9))
    first, second = pages(render.pdf(letter_of(lines=few)))
    assert "Seite 1 von 2" in first
    assert "Übertrag" in second


@pytest.mark.parametrize("theme", ["modern", "classic"])
def test_the_giro_code_can_be_read_from_the_page(theme: str) -> None:
    pdf = render.pdf(letter_of(brand=letter.Brand(theme=theme)))  # type: ignore[arg-type]
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_numpy()
    text, *_ = cv2.QRCodeDetector().detectAndDecode(numpy.ascontiguousarray(picture[:, :, :3]))
    assert text.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "BYLADEM1001",
        "Hansen & Söhne Kontorbedarf GmbH",
        "DE02120300000000202051",
        "EUR3529.96",
        "",
        "",
        "RE-2026-0815",
    ]


@pytest.mark.parametrize(
    ("amount", "is_possible"),
    [
        (Money(1), True),
        (Money(99_999_999_999), True),
        (Money(0), False),
        (Money(-100), False),
        (Money(100_000_000_000), False),
        (Money(100, "CHF"), False),
    ],
)
def test_a_giro_code_asks_for_euros_only(amount: Money, is_possible: bool) -> None:
    assert girocode.is_possible(amount) == is_possible
    asked = letter_of(payment=letter.Payment("R", amount))
    (panel,) = (each for each in blocks.body(asked, Wording("de", "EUR")) if each[0] == "payment")
    assert (panel[1]["code"] is not None) == is_possible


def test_the_payload_of_a_giro_code_keeps_its_limits() -> None:
    made = girocode.payload(
        holder="Ä" * 90,
        iban="DE02 1203 0000 0000 2020 51",
        bic="",
        amount=Money(5),
        reference="a\nb",
    )
    fields = made.split("\n")
    assert fields[4:8] == ["", "Ä" * 70, "DE02120300000000202051", "EUR0.05"]
    assert fields[-1] == "a b"
    with pytest.raises(Invalid):
        girocode.payload(holder="A", iban="DE", bic="", amount=Money(0), reference="")


def test_a_long_table_carries_its_sum_over_the_page_break() -> None:
    first, second, third = pages(render.pdf(letter_of(lines=LONG)))
    carried = re.search(r"Zwischensumme, weiter auf der nächsten Seite ([\d.,]+)", first)
    assert carried is not None
    assert f"Übertrag {carried[1]}" in second
    assert "Übertrag" in third
    assert "Übertrag" not in first
    assert "Zwischensumme" not in third
    assert "Seite 1 von 3" in first
    assert "Summe der Positionen 2.398,80 €" in third
    shown = len(re.findall(r"Artikel \d+", first))
    assert carried[1] == f"{Decimal('39.98') * shown:,.2f}".translate(str.maketrans(",.", ".,"))


def test_a_letter_is_written_in_german_or_english() -> None:
    (german,), (english,) = (
        pages(render.pdf(letter_of())),
        pages(render.pdf(letter_of(language="en"))),
    )
    for said in (
        "Rechnung RE-2026-0815",
        "Gesamtbetrag 3.529,96 €",
        "20.12.2026",
        "zzgl. 19 % USt",
    ):
        assert said in german.replace("\u202f", " ")
    for said in ("Invoice RE-2026-0815", "Total €3,529.96", "20 Dec 2026", "plus 19% VAT"):
        assert said in english


@pytest.mark.parametrize(
    ("kind", "title", "has_price"),
    [
        ("invoice", "Rechnung", True),
        ("credit_note", "Stornorechnung", True),
        ("estimate", "Angebot", True),
        ("order_confirmation", "Auftragsbestätigung", True),
        ("delivery_note", "Lieferschein", False),
        ("purchase_order", "Bestellung", True),
    ],
)
def test_every_kind_has_its_title(kind: letter.Kind, title: str, has_price: bool) -> None:
    title_key = "cancellation" if kind == "credit_note" else ""
    (page,) = pages(render.pdf(letter_of(kind, title_key=title_key, number="N-1", payment=None)))
    assert f"{title} N-1" in page
    assert ("620,10" in page) == has_price


def test_gross_prices_name_the_tax_they_hold() -> None:
    (page,) = pages(render.pdf(letter_of(prices="gross", vat_name="MwSt")))
    assert "MwSt auf 2.771,68 € netto" in page
    assert "Nettobetrag" not in page


def test_a_draft_and_a_test_say_so() -> None:
    for watermark, word in (("draft", "ENTWURF"), ("test", "TEST")):
        (page,) = pages(render.pdf(letter_of(watermark=watermark)))
        assert word in page


def test_the_law_is_quoted_with_both_vat_ids() -> None:
    (page,) = pages(
        render.pdf(letter_of(notes=("intra_community",), note_texts=("Eigener Satz.",)))
    )
    assert "Unsere USt-IdNr.: DE123456788, Ihre USt-IdNr.: DE987654321" in page
    assert "Eigener Satz." in page


def test_a_sparse_letter_is_still_a_letter() -> None:
    sparse = letter.Letter(
        "invoice",
        "1",
        date(2026, 1, 2),
        letter.Sender("A", ()),
        letter.Recipient(("B",)),
        (letter.LetterLine("1", "C", Decimal(1)),),
    )
    with_totals = replace(
        sparse,
        totals=letter.LetterTotals(Money(100), Money(100), Money(100), Money(100)),
        lines=(letter.LetterLine("1", "C", Decimal(1), "", Decimal(1), Decimal(0), Money(100)),),
    )
    (page,) = pages(render.pdf(with_totals))
    assert "Rechnung 1" in page


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Tokyo 日本", "Tokyo ??"),
        ("Platz 1\ufe0f\u20e3 von 11", "Platz 1 von 11"),
        ("Fest 🎉 und \x07Klang", "Fest ? und Klang"),
        ("ä\u20e3ö", "äö"),
        (
            "#set text(red) *nicht* $x$ @label \\ {amount}",
            "#set text(red) *nicht* $x$ @label \\ {amount}",
        ),
        ("Łódź, Ελλάδα, Київ", "Łódź, Ελλάδα, Київ"),
    ],
)
def test_text_of_the_user_is_printed_as_it_is_and_never_run(written: str, printed: str) -> None:
    (page,) = pages(render.pdf(letter_of(lines=(replace(LINES[0], name=written), *LINES[1:]))))
    assert printed in page
    assert "2.480,40" in page


@pytest.mark.parametrize("theme", ["modern", "classic"])
@pytest.mark.parametrize(
    ("name", "font"),
    [("שירותי אירוח בע״מ", "LibertinusSerif"), ("شركة الشمال للتجارة", "NotoSansArabic")],
)
def test_names_written_from_right_to_left_keep_their_letters(
    name: str, font: str, theme: Literal["modern", "classic"]
) -> None:
    made = render.pdf(
        letter_of(recipient=letter.Recipient((name,)), brand=letter.Brand(theme=theme))
    )
    (page,) = pages(made)
    assert "?" not in page
    assert set(name) - set(page) <= {" "}
    with pikepdf.open(io.BytesIO(made)) as opened:
        used = {str(each.BaseFont) for each in opened.objects if _is_font(each)}
    assert any(font in each for each in used)


def _is_font(value: pikepdf.Object) -> bool:
    return isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Font"


def test_a_word_longer_than_a_line_breaks() -> None:
    long = replace(LINES[0], name="W" * 300, description="https://beispiel.example/" + "a" * 200)
    first, second = pages(render.pdf(letter_of(lines=(long,))))
    assert "W" * 10 in first.replace("\u200b", "").replace(" ", "")
    assert "Gesamtbetrag" in first + second


def test_more_lines_than_the_window_holds_stay_above_the_title() -> None:
    full = replace(RECIPIENT, lines=tuple(f"Zeile {place}" for place in range(1, 9)))
    (page,) = pages(render.pdf(letter_of(recipient=full, sender=replace(SENDER, legal=()))))
    assert "Zeile 8" in page


@pytest.mark.parametrize(
    "svg",
    [
        b'<svg><image href="x"/></svg>',
        b"<svg><text>A</text></svg>",
        b"<svg><script/></svg>",
        b"<!DOCTYPE svg><svg/>",
        b"<svg>" + b" " * letter.MAX_LOGO_BYTES + b"</svg>",
    ],
)
def test_a_logo_brings_nothing_foreign(svg: bytes) -> None:
    with pytest.raises(Invalid):
        letter.Logo("svg", svg)


def test_a_png_logo_is_printed() -> None:
    _, encoded = cv2.imencode(".png", numpy.full((20, 40, 3), 127, numpy.uint8))
    brand = letter.Brand(logo=letter.Logo("png", encoded.tobytes()))
    assert render.pdf(letter_of(brand=brand)) != render.pdf(letter_of(brand=letter.Brand()))
