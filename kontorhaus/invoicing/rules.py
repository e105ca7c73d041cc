"""What a document amounts to and what may be done with it (§ 14 UStG, EN 16931)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from kontorhaus.contacts import rules as party_rules
from kontorhaus.invoicing import supply
from kontorhaus.invoicing.agreement import rules as agreed
from kontorhaus.invoicing.model import (
    Content,
    Document,
    DocumentType,
    Finding,
    Line,
    Mark,
    MarkChange,
    NewDocument,
    PricedLine,
    PriceLayout,
    Seller,
    Snapshot,
    TaxGroup,
    Totals,
)
from kontorhaus.invoicing.purpose import rules as purposes
from kontorhaus.invoicing.stationery.model import Stationery
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.money import MAX_MINOR, Money, minor_digits, total
from kontorhaus.ledger.model import BOOK_CURRENCY
from kontorhaus.tax import cases
from kontorhaus.tax import rules as tax

MAX_LINES = 1000
HOME = "DE"

# Tax case of a line at 0 % (billing's word) -> tax code.
ZERO_CASES: Mapping[str, str] = {
    "pv-zero": "UST0",
    "exempt": "UST-FREI",
    "exempt-with-input": "UST-FREI-VST",
    "export": "UST-EXP",
    "third-country-service": "UST-3L",
    "not-taxable": "UST-NST",
}
_TAXED_CODES = {Decimal(19): "UST19", Decimal(7): "UST7", Decimal(16): "UST16"}

_PRICE_STEP = Decimal("0.000001")

_OWN_STATUS_FIELDS = frozenset(
    {"customStatus", "customStatusDate", "customStatusName", "customStatusNotes"}
)
_STATUS_FIELDS = _OWN_STATUS_FIELDS | frozenset(
    {"sent", "sentDate", "sentNotes", "paid", "paidDate", "paidNotes"}
)


# --- tax cases


def tax_code(line: Line, content: Content, *, small_trader: bool) -> str | None:
    """The tax code of a line; None for a rate that no tax case knows.

    § 19 UStG goes before everything; reverse charge is § 13b (2) in Germany, § 3a (2) in the EU
    and not taxable here elsewhere; an intra-community supply is § 4 Nr. 1b.
    """
    country = content.client.country_code if content.client else None
    if small_trader:
        return "UST-KU"
    if content.vat_regulation == "reverse-charge":
        return _reverse_charge_code(country or HOME)
    if content.vat_regulation == "intra-community-supply":
        return "UST-IGL"
    assert line.vat_rate is not None, "a document's lines have their rate"
    if line.vat_rate:
        return _TAXED_CODES.get(line.vat_rate)
    if line.tax_case:
        return ZERO_CASES[line.tax_case]
    is_abroad = country is not None and country not in party_rules.EU_COUNTRIES
    return "UST-3L" if is_abroad else "UST-FREI"


def _reverse_charge_code(country: str) -> str:
    if country == HOME:
        return "UST-13B"
    return "UST-EUDL" if country in party_rules.EU_COUNTRIES else "UST-3L"


def vat_id_of(seller: Seller) -> str | None:
    """The seller's VAT id among its numbers."""
    found = (party_rules.vat_id(number) for _, number in seller.tax_numbers)
    return next((number for number in found if number), None)


def tax_number_of(seller: Seller) -> str | None:
    """The seller's number at its tax office: the first that is no VAT id."""
    others = (text for _, text in seller.tax_numbers if not party_rules.vat_id(text))
    return next((number for number in others if number), None)


# --- totals


def totals(content: Content, *, small_trader: bool, currency: str = "EUR") -> Totals:
    """Lines, tax groups and sums of a document.

    Net layout: line net = quantity * price rounded, tax = base * rate rounded once per tax group
    (BR-CO-17). Gross layout: gross amounts stand, per group net = gross / (1 + rate) rounded and
    tax = gross - net; the net lines are shares of that net by largest remainder (BR-CO-10).
    The discount is one allowance per tax group. Invalid("amount_too_large") beyond any amount.
    """
    priced = [_priced(line, content, small_trader, currency) for line in content.lines]
    keys = list(dict.fromkeys((line.tax_code, line.rate) for line in priced))
    positions = {
        key: [n for n, line in enumerate(priced) if (line.tax_code, line.rate) == key]
        for key in keys
    }
    groups = []
    for members in positions.values():
        group_lines, group = _group([priced[n] for n in members], content)
        groups.append(group)
        for position, line in zip(members, group_lines, strict=True):
            priced[position] = line
    net = total((group.net for group in groups), currency)
    vat = total((group.tax for group in groups), currency)
    _check_size((net + vat).decimal)
    return Totals(tuple(priced), tuple(groups), net, vat, net + vat)


def _priced(line: Line, content: Content, small_trader: bool, currency: str) -> PricedLine:
    code = tax_code(line, content, small_trader=small_trader)
    untaxed = small_trader or content.vat_regulation != "standard"
    assert line.vat_rate is not None, "a document's lines have their rate"
    rate = Decimal(0) if untaxed else line.vat_rate
    factor = 1 + rate / 100
    if line.net_price is not None:
        unit_net = line.net_price
        unit_gross = line.net_price * factor
    else:
        assert line.gross_price is not None
        unit_gross = line.gross_price
        unit_net = _price(line.gross_price / factor)
    is_gross = content.price_layout == "gross"
    unit_shown = _price(unit_gross) if is_gross else unit_net
    shown = _amount(line.quantity * (unit_gross if is_gross else unit_net), currency)
    return PricedLine(line, code, rate, unit_net, unit_shown, net=shown, shown=shown)


def _group(lines: Sequence[PricedLine], content: Content) -> tuple[list[PricedLine], TaxGroup]:
    rate, currency = lines[0].rate, lines[0].shown.currency
    shown_lines = total((line.shown for line in lines), currency)
    shown_allowance = Money.rounded(shown_lines.decimal * content.discount_rate / 100, currency)
    if content.price_layout == "gross":
        line_sum, _ = tax.split_gross(shown_lines, rate)
        net, vat = tax.split_gross(shown_lines - shown_allowance, rate)
        exact = [line.shown.decimal / (1 + rate / 100) for line in lines]
        shares = largest_remainder(line_sum, exact)
        lines = [replace(line, net=share) for line, share in zip(lines, shares, strict=True)]
    else:
        line_sum, net = shown_lines, shown_lines - shown_allowance
        vat = tax.tax_on_net(net, rate)
    group = TaxGroup(
        tax_code=lines[0].tax_code,
        rate=rate,
        lines=line_sum,
        allowance=line_sum - net,
        net=net,
        tax=vat,
        shown_lines=shown_lines,
        shown_allowance=shown_allowance,
    )
    return list(lines), group


def largest_remainder(whole: Money, exact: Sequence[Decimal]) -> list[Money]:
    """Whole cents near the exact amounts that add up to `whole`, their sum rounded.

    Each is cut to the cent below; the cents left go to the largest remainders, first come first.
    """
    digits = minor_digits(whole.currency)
    scaled = [amount.scaleb(digits) for amount in exact]
    floors = [int(amount.to_integral_value(ROUND_FLOOR)) for amount in scaled]
    left = whole.minor - sum(floors)
    order = sorted(range(len(exact)), key=lambda n: floors[n] - scaled[n])
    assert 0 <= left <= len(order), "the whole is the rounded sum of the exact amounts"
    for position in order[:left]:
        floors[position] += 1
    return [Money(minor, whole.currency) for minor in floors]


def _price(amount: Decimal) -> Decimal:
    return amount.quantize(_PRICE_STEP, ROUND_HALF_UP).normalize() + 0


def _amount(amount: Decimal, currency: str) -> Money:
    _check_size(amount)
    return Money.rounded(amount, currency)


def _check_size(amount: Decimal) -> None:
    if abs(amount) * 100 > MAX_MINOR:
        raise Invalid(
            "amount_too_large", f"{amount:f} is larger than any amount allowed.", field="lines"
        )


# --- what a content must be


def with_defaults(new: NewDocument, paper: Stationery) -> Content:
    """The content of a new document; texts and price layout that it does not name are the usual."""
    content = new.content
    usual = paper.wording(new.type, content.language)
    usual_layout: PriceLayout = "gross" if paper.price_layouts.get(new.type) == "gross" else "net"
    said = new.said
    return replace(
        content,
        introduction=content.introduction if "introduction" in said else usual.introduction or None,
        notes=content.notes if "notes" in said else usual.notes or None,
        price_layout=content.price_layout if "price_layout" in said else usual_layout,
    )


def with_rates(content: Content, usual_rate: Decimal) -> Content:
    """The content with the company's usual rate on every line that names none."""
    lines = tuple(
        line if line.vat_rate is not None else replace(line, vat_rate=usual_rate)
        for line in content.lines
    )
    return replace(content, lines=lines)


def check_content(content: Content, document_type: DocumentType) -> Content:
    """The content as it is kept, with its defaults; Invalid names the field that cannot stand."""
    if not content.lines:
        raise Invalid("lines", "A document needs at least one line.", field="lines")
    if len(content.lines) > MAX_LINES:
        raise Invalid("lines", f"A document has at most {MAX_LINES} lines.", field="lines")
    for position, line in enumerate(content.lines):
        _check_line(line, content, f"lines[{position}]")
    if document_type != "invoice":
        _check_invoice_only(content)
    agreement = agreed.check(
        content.agreement,
        document_date=content.document_date,
        is_claim=document_type == "invoice" and not content.is_credit,
        is_xrechnung=content.export_type == "xrechnung",
    )
    return supply.with_kind_of_day(replace(content, agreement=agreement))


def _check_line(line: Line, content: Content, field: str) -> None:
    if (line.net_price is None) == (line.gross_price is None):
        raise Invalid(
            "price",
            "A line has a netPrice or a grossPrice: exactly one of them.",
            field=f"{field}.netPrice",
        )
    purposes.check(line.purpose, field)
    if line.tax_case is None:
        return
    if content.vat_regulation != "standard" or line.vat_rate:
        raise Invalid(
            "tax_case",
            "A taxCase needs vatRegulation standard and vatRate 0.",
            field=f"{field}.taxCase",
        )
    if line.tax_case not in ZERO_CASES:
        raise Invalid("tax_case", f"One of: {', '.join(ZERO_CASES)}.", field=f"{field}.taxCase")


def _check_invoice_only(content: Content) -> None:
    if content.form != "standard":
        raise Invalid("invoice_type", "Only an invoice has an invoiceType.", field="invoiceType")
    if content.service_date or content.service_date_end or content.service_date_type:
        raise Invalid(
            "service_date", "Only an invoice tells a date of service.", field="serviceDate"
        )
    if content.export_type != "pdf":
        raise Invalid(
            "export_type", "Only an invoice can be an e-invoice: choose pdf.", field="exportType"
        )


def tax_findings(snapshot: Snapshot) -> list[Finding]:
    """What no e-invoice and no VAT return could say: the supply has no tax case."""
    content = snapshot.content
    if snapshot.seller.small_trader:
        return []
    country = content.client.country_code if content.client else None
    delivery = content.agreement.delivery
    target = delivery.country_code if delivery else country
    findings = []
    if (
        content.vat_regulation == "intra-community-supply"
        and target is not None
        and (target == HOME or target not in party_rules.EU_COUNTRIES)
    ):
        findings.append(
            Finding(
                "BR-IC-12",
                "vatRegulation",
                f"An intra-community supply goes to another member state, not to {target}. "
                "Choose another vatRegulation.",
                "Eine innergemeinschaftliche Lieferung geht in einen anderen Mitgliedstaat, nicht "
                f"nach {target}. Ein anderes vatRegulation wählen.",
            )
        )
    is_home_rule = content.vat_regulation == "standard" and content.export_type != "pdf"
    if is_home_rule and (country is None or country in party_rules.EU_COUNTRIES):
        findings += [
            Finding(
                "BR-E-10",
                f"lines[{position}].taxCase",
                "This line bears no tax. Say why in its taxCase, such as exempt or pv-zero.",
                "Diese Zeile trägt keine Steuer. Den Grund in ihrem taxCase angeben, etwa exempt "
                "oder pv-zero.",
            )
            for position, line in enumerate(content.lines)
            if not line.vat_rate and line.tax_case is None
        ]
    return findings


def check_final(document: Document) -> None:
    """Whether a draft can be finalized; Conflict if it is final, Invalid if something is wrong."""
    if document.finalized_at is not None:
        raise Conflict("finalized", "The document is final already.", fields=["finalized"])
    if document.content.client is None:
        raise Invalid("client", "A final document needs a client or a clientId.", field="client")
    if document.type != "invoice":
        return
    if document.totals.gross.currency != BOOK_CURRENCY:
        raise Invalid(
            "currency",
            f"The books are kept in {BOOK_CURRENCY} (§ 244 HGB): an invoice cannot claim "
            f"{document.totals.gross.currency}. Change the currency of the company.",
            field="currency",
        )
    if document.totals.gross.minor <= 0:
        raise Invalid(
            "total",
            "An invoice claims more than 0.00: deductions may not exceed it.",
            field="lines",
        )
    for position, line in enumerate(document.totals.lines):
        if line.tax_code is None or not cases.by_code(line.tax_code).is_active:
            raise Invalid(
                "vat_rate",
                f"No tax case knows {line.rate:f} %: use 19, 7 or 0.",
                field=f"lines[{position}].vatRate",
            )


def tax_date(content: Content) -> date | None:
    """When the tax arises: the day of service or the end of its period (§ 13 (1) Nr. 1a UStG).

    What is given back corrects it when it is written (§ 17 (1) UStG).
    """
    if content.is_credit:
        return None
    return content.service_date_end or content.service_date


# --- what may be changed


def check_tier(fields: Iterable[str], document: Document) -> None:
    """Conflict for a field that the state no longer allows: finalized, cancelled."""
    if document.finalized_at is None:
        return
    is_cancelled = document.cancellation is not None
    allowed = _OWN_STATUS_FIELDS if is_cancelled else _STATUS_FIELDS
    closed = sorted(set(fields) - allowed)
    if closed:
        state = "cancelled" if is_cancelled else "final"
        raise Conflict(
            "cancelled" if is_cancelled else "finalized",
            f"The document is {state}: {', '.join(closed)} cannot be changed.",
            fields=closed,
        )


def marked(mark: Mark | None, change: MarkChange, *, today: date, field: str) -> Mark | None:
    """A mark after a change; a day or a note without its flag being true is Invalid."""
    is_set = (mark is not None) if change.is_set is None else change.is_set
    if not is_set:
        if change.day or change.notes or change.name:
            raise Invalid("mark", f"A date or note needs {field} to be true.", field=field)
        return None
    kept = mark or Mark(day=today)
    return Mark(
        day=change.day or kept.day,
        notes=kept.notes if change.notes is None else change.notes or None,
        name=kept.name if change.name is None else change.name or None,
    )
