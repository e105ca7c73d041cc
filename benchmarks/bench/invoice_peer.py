"""One e-invoice by weasyprint, drafthorse and factur-x; run by the interpreter of the peers' venv.

Reads invoices as JSON from standard input, prints CPU milliseconds per step as JSON.
"""

from __future__ import annotations

import datetime
import json
import pathlib
import resource
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from html import escape
from typing import Any

import facturx
from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentTerms
from drafthorse.models.tradelines import LineItem
from saxonche import PySaxonProcessor
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

Invoice = dict[str, Any]

_RULES = (
    pathlib.Path(facturx.__file__).parent
    / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
)
_STYLE = """
@page { size: A4; margin: 20mm 20mm 25mm 25mm;
  @bottom-center { content: "Seite " counter(page) " von " counter(pages); font-size: 8pt } }
body { font: 10pt "Liberation Sans", "DejaVu Sans", sans-serif }
table { width: 100%; border-collapse: collapse }
td, th { border-bottom: .3mm solid #999; padding: 1mm; text-align: left }
.sum { text-align: right }
"""


def page(invoice: Invoice) -> str:
    """The invoice as HTML."""
    rows = "".join(
        f"<tr><td>{place}<td>{escape(line['title'])}<td>{line['quantity']}<td>{line['price']}"
        f"<td>{line['net']}</tr>"
        for place, line in enumerate(invoice["lines"], start=1)
    )
    sums = "".join(f"USt {tax['rate']} %: {tax['tax']} EUR<br>" for tax in invoice["taxes"])
    seller, buyer = invoice["seller"], invoice["buyer"]
    return (
        f"<!doctype html><html lang=de><meta charset=utf-8><title>{invoice['number']}</title>"
        f"<style>{_STYLE}</style><p>{escape(seller['name'])}, {escape(seller['street'])},"
        f" {seller['postcode']} {escape(seller['city'])}</p><p>{escape(buyer['name'])}<br>"
        f"{escape(buyer['street'])}<br>{buyer['postcode']} {escape(buyer['city'])}</p>"
        f"<h2>Rechnung {invoice['number']}</h2><table><thead><tr><th>Pos<th>Leistung<th>Menge"
        f"<th>Einzel<th>Gesamt</tr></thead>{rows}</table><p class=sum>Netto {invoice['net']} EUR"
        f"<br>{sums}<b>Brutto {invoice['gross']} EUR</b></p><p>Zahlbar bis {invoice['due']}"
        f" auf {seller['iban']}.</p></html>"
    )


def xml(invoice: Invoice) -> bytes:
    """The invoice in CII by drafthorse, checked against its schema."""
    document = Document()
    document.context.guideline_parameter.id = "urn:cen.eu:en16931:2017"
    document.header.id = invoice["number"]
    document.header.type_code = "380"
    document.header.issue_date_time = datetime.date.fromisoformat(invoice["date"])
    document.header.notes.add(IncludedNote(content="Rechnung"))
    _parties(document, invoice)
    settlement = document.trade.settlement
    settlement.currency_code = "EUR"
    document.trade.delivery.event.occurrence = datetime.date.fromisoformat(invoice["date"])
    for place, line in enumerate(invoice["lines"], start=1):
        document.trade.items.add(_line(place, line))
    for tax in invoice["taxes"]:
        settlement.trade_tax.add(_tax(tax))
    due = datetime.datetime.fromisoformat(invoice["due"])
    settlement.terms.add(PaymentTerms(due=due))
    sums, gross = settlement.monetary_summation, Decimal(invoice["gross"])
    sums.line_total = sums.tax_basis_total = Decimal(invoice["net"])
    sums.tax_total = (Decimal(invoice["tax"]), "EUR")
    sums.grand_total = sums.due_amount = gross
    sums.charge_total = sums.allowance_total = Decimal(0)
    return document.serialize(schema="FACTUR-X_EN16931")


def _parties(document: Document, invoice: Invoice) -> None:
    agreement = document.trade.agreement
    for side in ("seller", "buyer"):
        party, given = getattr(agreement, side), invoice[side]
        party.name = given["name"]
        party.address.postcode, party.address.city_name = given["postcode"], given["city"]
        party.address.line_one, party.address.country_id = given["street"], "DE"
    agreement.seller.tax_registrations.add(TaxRegistration(id=("VA", invoice["seller"]["vat_id"])))


def _line(place: int, line: Invoice) -> LineItem:
    item = LineItem()
    item.document.line_id = str(place)
    item.product.name = line["title"]
    item.agreement.net.amount = Decimal(line["price"])
    item.delivery.billed_quantity = (Decimal(line["quantity"]), "C62")
    item.settlement.trade_tax.type_code = "VAT"
    item.settlement.trade_tax.category_code = "S"
    item.settlement.trade_tax.rate_applicable_percent = Decimal(line["rate"])
    item.settlement.monetary_summation.total_amount = Decimal(line["net"])
    return item


def _tax(tax: Invoice) -> ApplicableTradeTax:
    return ApplicableTradeTax(
        calculated_amount=Decimal(tax["tax"]),
        basis_amount=Decimal(tax["net"]),
        type_code="VAT",
        category_code="S",
        rate_applicable_percent=Decimal(tax["rate"]),
    )


def rules() -> Callable[[bytes], str]:
    """The EN 16931 rules, compiled once; factur-x alone would ask a Saxon server for it."""
    processor = PySaxonProcessor(license=False)
    sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_RULES))

    def judge(content: bytes) -> str:
        node = processor.parse_xml(xml_text=content.decode())
        report: str = sheet.transform_to_string(xdm_node=node)
        return report

    return judge


def embed(pdf: bytes, content: bytes) -> bytes:
    """Both as one Factur-X by factur-x."""
    made: bytes = facturx.generate_from_binary(
        pdf, content, flavor="factur-x", level="en16931", check_xsd=True
    )
    return made


def main() -> None:
    """Measure the steps on every invoice but the first, which warms up."""
    invoices = json.load(sys.stdin)
    fonts, judge = FontConfiguration(), rules()
    steps: dict[str, list[float]] = {"xml": [], "pdf": [], "embed": [], "rules": []}
    for invoice in invoices:
        marks = [time.process_time()]
        content = xml(invoice)
        marks.append(time.process_time())
        pdf = HTML(string=page(invoice)).write_pdf(font_config=fonts)
        marks.append(time.process_time())
        made = embed(pdf, content)
        marks.append(time.process_time())
        report = judge(content)
        marks.append(time.process_time())
        for name, begin, end in zip(steps, marks, marks[1:], strict=False):
            steps[name].append(1000 * (end - begin))
    print(
        json.dumps(
            {
                "steps": {name: statistics.median(times[1:]) for name, times in steps.items()},
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "bytes": len(made),
                "errors": report.count("failed-assert"),
            }
        )
    )


if __name__ == "__main__":
    main()
