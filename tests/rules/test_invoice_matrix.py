"""The matrix of invoices: accepted by the official rules, summed once more, and read back."""

from __future__ import annotations

import os
from dataclasses import astuple
from decimal import Decimal
from pathlib import Path
from typing import Any

import facturx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kontorhaus.invoicing.einvoice import model, reading, validation
from kontorhaus.invoicing.einvoice import rules as einvoice
from kontorhaus.invoicing.making import rendering, xml_file, xml_invoice
from kontorhaus.invoicing.model import Snapshot
from kontorhaus.kernel.errors import Invalid
from tests.rules.invoice_matrix import CASES, ENCLOSED, FORMS, Example, example, matrix

_KEEP = os.environ.get("KONTORHAUS_KEEP")
# A part that meets every case, form and thing carried; all of it where the files are kept.
EXAMPLES = list(matrix()) if _KEEP else list(matrix())[::7]
E_INVOICES = [each for each in EXAMPLES if each.snapshot.content.export_type != "pdf"]
PAPERS = [each for each in EXAMPLES if each.snapshot.content.export_type != "xrechnung"]


def named(examples: list[Example]) -> Any:
    return pytest.mark.parametrize("made", examples, ids=[each.name for each in examples])


@named(EXAMPLES)
def test_an_invoice_has_the_independent_sums(made: Example) -> None:
    totals = made.snapshot.totals
    assert (totals.net.minor, totals.tax.minor) == (made.net, made.tax)


@named(E_INVOICES)
def test_an_e_invoice_breaks_no_rule_and_is_read_back(made: Example) -> None:
    xml = accepted(made.snapshot)
    figures = reading.read(xml)
    totals = figures.totals
    assert (totals.net.minor, totals.tax.minor) == (made.net, made.tax)
    assert totals.gross.minor == made.net + made.tax
    assert figures == stated(xml_invoice.invoice(made.snapshot, ENCLOSED))
    check_foreign_reader(figures, facturx.parse_ubl_cii_xml(xml, check_xsd=False))
    keep(made, ".xml", xml)


@named(PAPERS)
def test_a_pdf_is_small_tagged_and_holds_its_xml(made: Example) -> None:
    pdf = rendering.made(made.snapshot, "pdf", ENCLOSED)
    assert len(pdf) < 100_000
    if made.snapshot.content.export_type == "factur-x":
        name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False)
        assert (name, xml) == ("factur-x.xml", xml_file.write(made.snapshot, ENCLOSED))
    keep(made, ".pdf", pdf)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(CASES)),
    form=st.sampled_from(sorted(set(FORMS) - {"pdf"})),
    is_gross=st.booleans(),
    carried=st.sampled_from(["plain", "discount", "all-said", "period"]),
    entered=st.lists(
        st.tuples(
            st.decimals("0.001", "999", places=3).map(str),
            st.decimals("0", "9999", places=4).map(str),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_any_amounts_break_no_rule(
    name: str, form: str, is_gross: bool, carried: str, entered: list[tuple[str, str]]
) -> None:
    layout = "gross" if is_gross and "gross" in FORMS[form][1] else "net"
    made = example(
        name, CASES[name], form=form, layout=layout, language="de", carried=carried, entered=entered
    )
    totals = reading.read(accepted(made.snapshot)).totals
    assert (totals.net.minor, totals.tax.minor) == (made.net, made.tax)


@pytest.mark.parametrize("xml", [b"", b"<a/>", b"<!DOCTYPE a><Invoice/>", b"<Invoice/>"])
def test_what_is_no_invoice_is_not_read(xml: bytes) -> None:
    with pytest.raises(Invalid, match="no electronic invoice"):
        reading.read(xml)


def accepted(snapshot: Snapshot) -> bytes:
    """The XML, once neither our rules nor the official ones have an error or a warning."""
    form, xml = xml_file.form(snapshot.content), xml_file.write(snapshot, ENCLOSED)
    is_gross = snapshot.content.price_layout == "gross"
    invoice = xml_invoice.invoice(snapshot, ENCLOSED)
    assert einvoice.check(invoice, xrechnung=form.is_xrechnung, gross_prices=is_gross) == []
    found = validation.validate(xml, form.kind, form.is_xrechnung)
    assert [each for each in found if each.severity != "information"] == []
    return xml


def stated(invoice: model.Invoice) -> reading.Figures:
    """The figures as they go into the writers."""
    seller, buyer = invoice.seller, invoice.buyer
    return reading.Figures(
        number=invoice.number,
        issue_date=invoice.issue_date,
        type_code=invoice.type_code,
        currency=invoice.currency,
        seller=reading.PartyFigures(seller.name, seller.vat_id),
        buyer=reading.PartyFigures(buyer.name, buyer.vat_id),
        lines=tuple(
            reading.LineFigures(
                line.id,
                line.name,
                *model.positive_price(line.quantity, line.unit_price)[:1],
                line.unit_code,
                model.positive_price(line.quantity, line.unit_price)[1],
                line.net,
                line.category,
                line.rate,
            )
            for line in invoice.lines
        ),
        vat=tuple(
            reading.VatFigures(vat.category, vat.rate or Decimal(0), vat.base, vat.tax)
            for vat in invoice.vat
        ),
        totals=invoice.totals,
    )


def check_foreign_reader(own: reading.Figures, found: dict[str, Any]) -> None:
    """The factur-x package reads the same."""
    assert (found["BT-1"], found["BT-2"], found["BT-3"], found["BT-5"]) == (
        own.number,
        own.issue_date,
        own.type_code,
        own.currency,
    )
    for group, party in (("BG-4", own.seller), ("BG-7", own.buyer)):
        read = (found[group]["name"], found[group].get("vat_identifier", ""))
        assert read == astuple(party)
    terms = ("BT-126", "BT-153", "BT-129", "BT-130", "BT-146", "BT-131", "BT-151")
    assert [[str(line[term]) for term in terms] for line in found["BG-25"]] == [
        [
            line.id,
            line.name,
            f"{line.quantity:f}",
            line.unit_code,
            f"{line.unit_price:f}",
            str(line.net.decimal),
            line.category,
        ]
        for line in own.lines
    ]
    assert [
        (row["BT-118"], Decimal(row["BT-119"]), row["BT-116"], row["BT-117"])
        for row in found["BG-23"]
    ] == [(vat.category, vat.rate, str(vat.base.decimal), str(vat.tax.decimal)) for vat in own.vat]
    totals = own.totals
    sums = {"BT-109": totals.net, "BT-110": totals.tax, "BT-112": totals.gross}
    for term, amount in {**sums, "BT-106": totals.lines, "BT-115": totals.payable}.items():
        assert Decimal(found[term]) == amount.decimal


def keep(made: Example, ending: str, content: bytes) -> None:
    """Write a file for the referee, where a folder is named."""
    if _KEEP:
        folder = Path(_KEEP)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{made.name}{ending}").write_bytes(content)
