"""A broken invoice is refused with its rule and the field that repairs it."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kontorhaus.invoicing.einvoice import fields, model, parsing, rules, ubl, units, validation
from kontorhaus.kernel.money import Money
from tests.rules.einvoice_examples import BUYER, EXAMPLES, SELLER, invoice, line

SAMPLES = Path(__file__).parents[1] / "samples"
GOOD = EXAMPLES["one line"]
CONTACT = SELLER.contact
assert CONTACT is not None


def _seller(**changes: object) -> model.Invoice:
    return replace(GOOD, seller=replace(SELLER, **changes))  # type: ignore[arg-type]


def _buyer(**changes: object) -> model.Invoice:
    return replace(GOOD, buyer=replace(BUYER, **changes))  # type: ignore[arg-type]


def _payment(**changes: object) -> model.Invoice:
    assert GOOD.payment is not None
    return replace(GOOD, payment=replace(GOOD.payment, **changes))  # type: ignore[arg-type]


TOWN = model.Address("DE", "Weg 1", post_code="20354")
CODE = model.Address("DE", "Weg 1", city="Hamburg")
DEBIT = model.DirectDebit("M-1", "DE98ZZZ09999999999", "DE02120300000000202051")

# What is wrong, the rule that says so, and the field of the request.
BROKEN: list[tuple[model.Invoice, str, str | None]] = [
    (replace(GOOD, payment=None), "BR-DE-1", "company.paymentInfo.iban"),
    (_seller(contact=None), "BR-DE-2", "company.contactInfo"),
    (_seller(address=TOWN), "BR-DE-3", "company.address"),
    (_seller(address=CODE), "BR-DE-4", "company.address"),
    (_seller(contact=replace(CONTACT, name="")), "BR-DE-5", "company.legalInfo.ceo"),
    (_seller(contact=replace(CONTACT, phone="")), "BR-DE-6", "company.contactInfo.phone"),
    (_seller(contact=replace(CONTACT, email="")), "BR-DE-7", "company.contactInfo.email"),
    (_buyer(address=TOWN), "BR-DE-8", "client.address3"),
    (_buyer(address=CODE), "BR-DE-9", "client.address3"),
    (replace(GOOD, delivery=model.Delivery(address=TOWN)), "BR-DE-10", "deliveryAddress.lines"),
    (replace(GOOD, delivery=model.Delivery(address=CODE)), "BR-DE-11", "deliveryAddress.lines"),
    (replace(GOOD, buyer_reference=" "), "BR-DE-15", "client.clientNumber"),
    (
        _seller(vat_id="", tax_number="", legal_id=model.Identifier("HRB 1")),
        "BR-DE-16",
        "company.taxNumbers",
    ),
    (replace(GOOD, type_code="325"), "BR-DE-17", "type"),
    (replace(GOOD, payment_terms="#SKONTO#TAGE=x#"), "BR-DE-18", "skonto"),
    (
        _payment(credit_transfers=(model.CreditTransfer("DE00120300000000202051"),)),
        "BR-DE-19",
        "company.paymentInfo.iban",
    ),
    (
        _payment(
            code="59",
            credit_transfers=(),
            direct_debit=replace(DEBIT, iban="DE00120300000000202051"),
        ),
        "BR-DE-20",
        "paymentMeans.iban",
    ),
    (_payment(credit_transfers=()), "BR-DE-23-a", "company.paymentInfo.iban"),
    (_payment(direct_debit=DEBIT), "BR-DE-23-b", None),
    (_payment(code="48"), "BR-DE-24-a", None),
    (_payment(code="48"), "BR-DE-24-b", "company.paymentInfo.iban"),
    (_payment(code="59"), "BR-DE-25-a", "paymentMeans"),
    (_payment(code="59"), "BR-DE-25-b", "company.paymentInfo.iban"),
    (replace(GOOD, type_code="384"), "BR-DE-26", None),
    (_seller(contact=replace(CONTACT, phone="ab1")), "BR-DE-27", "company.contactInfo.phone"),
    (_seller(contact=replace(CONTACT, email="a@b")), "BR-DE-28", "company.contactInfo.email"),
    (
        _payment(code="59", credit_transfers=(), direct_debit=replace(DEBIT, creditor_id="")),
        "BR-DE-30",
        "paymentMeans.creditorId",
    ),
    (
        _payment(code="59", credit_transfers=(), direct_debit=replace(DEBIT, iban="")),
        "BR-DE-31",
        "paymentMeans.iban",
    ),
    (replace(GOOD, delivery=None), "BR-DE-TMP-32", "serviceDate"),
    (_buyer(electronic_address=None), "PEPPOL-EN16931-R010", "client.email"),
    (_seller(electronic_address=None), "PEPPOL-EN16931-R020", "company.contactInfo.email"),
    (
        replace(
            GOOD,
            attachments=tuple(
                model.Attachment(name, content=b"1", mime_type="text/csv", file_name="a.csv")
                for name in ("1", "2")
            ),
        ),
        "BR-DE-22",
        "attachments",
    ),
    (
        replace(GOOD, lines=(replace(GOOD.lines[0], net=Money(11900)),)),
        "PEPPOL-EN16931-R120",
        "lines[0]",
    ),
    (replace(GOOD, lines=(replace(GOOD.lines[0], net=Money(11900)),)), "BR-CO-10", "lines"),
    (_seller(vat_id=""), "BR-CO-26", "company.taxNumbers"),
    (_buyer(vat_id="123"), "BR-CO-09", "client.taxNumber"),
    (
        replace(GOOD, lines=(replace(GOOD.lines[0], unit_code="XYZ9"),)),
        "BR-CL-23",
        "lines[0].unit",
    ),
    (_buyer(name=""), "BR-07", "client.name"),
    (replace(GOOD, currency="XXY"), "BR-CL-04", "company.currency"),
]


@pytest.mark.parametrize(("broken", "rule", "field"), BROKEN, ids=[each[1] for each in BROKEN])
def test_a_broken_invoice_names_its_rule_and_field(
    broken: model.Invoice, rule: str, field: str | None
) -> None:
    found = validation.validate(ubl.write(broken), "ubl", True)
    assert rule in [each.rule for each in found], found
    assert field in [each.field for each in found if each.rule == rule], found


def test_every_finding_speaks_german_and_english() -> None:
    bare = replace(GOOD, buyer_reference="", payment=None, seller=replace(SELLER, contact=None))
    for each in validation.validate(ubl.write(bare), "ubl", True):
        assert each.message
        assert each.message_de


@pytest.mark.parametrize(
    ("name", "kind", "is_xrechnung", "rule"),
    [
        ("01.02a-INVOICE_ubl.xml", "ubl", True, None),
        ("01.07a-INVOICE_ubl.xml", "ubl", True, None),
        ("01.20a-INVOICE_ubl.xml", "ubl", True, None),
        ("01.10a-INVOICE_ubl.xml", "ubl", True, None),
        ("01.21a-INVOICE_ubl.xml", "ubl", True, None),
        ("01.02a-INVOICE_uncefact.xml", "cii", True, None),
        ("01.10a-INVOICE_uncefact.xml", "cii", True, None),
        ("01.20a-INVOICE_uncefact.xml", "cii", True, None),
        ("factur-x-minimum.xml", "cii", False, None),
        ("zugferd_2p3_BASIC-WL_Einfach.xml", "cii", False, None),
        ("zugferd_2p3_BASIC_Taxifahrt.xml", "cii", False, None),
        ("zugferd_2p3_EXTENDED_Fremdwaehrung.xml", "cii", False, None),
        ("invalidXRV30_BR-DEC-23.xml", "cii", True, "BR-DEC-23"),
        ("invalidV2Profile.xml", "cii", False, "XSD"),
    ],
)
def test_a_sample_is_judged_as_its_authors_say(
    name: str, kind: str, is_xrechnung: bool, rule: str | None
) -> None:
    xml = (SAMPLES / "einvoice" / name).read_bytes()
    found = validation.validate(xml, kind, is_xrechnung)  # type: ignore[arg-type]
    errors = [each.rule for each in found if each.severity == "error"]
    assert (rule in errors) if rule else errors == []


def test_every_sample_has_its_origin() -> None:
    with (SAMPLES / "ORIGINS.csv").open() as origins:
        known = {row["file"] for row in csv.DictReader(origins)}
    for sample in (SAMPLES / "einvoice").iterdir():
        assert f"einvoice/{sample.name}" in known


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<Invoice/>",
        b"<a>" * 300,
        b" " * (parsing.MAX_BYTES + 1),
        b'<!DOCTYPE Invoice [<!ENTITY a "b">]><Invoice>&a;</Invoice>',
        b'<!DOCTYPE Invoice SYSTEM "file:///etc/passwd"><Invoice/>',
        "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE Invoice><Invoice/>".encode("utf-16"),
    ],
)
def test_what_is_no_plain_invoice_is_refused_at_once(xml: bytes) -> None:
    found = validation.validate(xml, "ubl", True)
    assert [each.rule for each in found] in (["XML"], ["XSD"])


def test_a_document_of_the_other_syntax_is_refused() -> None:
    assert [each.rule for each in validation.validate(ubl.write(GOOD), "cii", False)] == ["XML"]


@pytest.mark.parametrize(
    ("broken", "rule", "field"),
    [
        (_seller(vat_id=""), "BR-CO-26", "company.taxNumbers"),
        (_seller(address=model.Address("")), "BR-09", "company.countryCode"),
        (_buyer(name=""), "BR-07", "client.name"),
        (_buyer(address=model.Address("")), "BR-11", "client.countryCode"),
        (replace(GOOD, buyer_reference=""), "BR-DE-15", "client.clientNumber"),
        (_buyer(electronic_address=None), "PEPPOL-EN16931-R010", "client.email"),
        (_buyer(address=model.Address("DE", "Weg 1")), "BR-DE-9", "client.address3"),
        (
            replace(EXAMPLES["reverse charge"], buyer=BUYER),
            "BR-AE-02",
            "client.taxNumber",
        ),
        (
            replace(EXAMPLES["an intra-community supply"], buyer=BUYER),
            "BR-IC-02",
            "client.taxNumber",
        ),
        (
            replace(GOOD, totals=replace(GOOD.totals, tax=Money(2241), gross=Money(14041))),
            "BR-CO-14",
            "lines",
        ),
        (replace(GOOD, totals=replace(GOOD.totals, payable=Money(1))), "BR-CO-16", "lines"),
        (
            replace(GOOD, lines=(replace(GOOD.lines[0], unit_price=Decimal(60)),)),
            "PEPPOL-EN16931-R120",
            "lines[0]",
        ),
        (
            replace(GOOD, vat=(replace(GOOD.vat[0], tax=Money(2243)),)),
            "BR-CO-17",
            "lines",
        ),
        (replace(GOOD, vat=(replace(GOOD.vat[0], rate=Decimal(7)),)), "BR-CO-18", "lines"),
        (
            replace(GOOD, vat=(replace(GOOD.vat[0], exemption_reason="x"),)),
            "BR-S-10",
            "vatRegulation",
        ),
        (
            invoice([line("1", "1", "0", category="E")]),
            "BR-E-10",
            "vatRegulation",
        ),
        (
            invoice([line("1", "1", category="O"), line("1", "1")], exemption=("x", "")),
            "BR-O-11",
            "lines",
        ),
    ],
)
def test_the_pre_check_names_rule_and_field(broken: model.Invoice, rule: str, field: str) -> None:
    found = {each.rule: each.field for each in rules.check(broken, xrechnung=True)}
    assert found.get(rule) == field, found


def test_gross_prices_may_miss_the_product_by_one_cent_and_are_no_xrechnung() -> None:
    # 1.00 gross at 19 %: net 0.84, tax 0.16; four of them gross 4.00: net 3.36, tax 0.64.
    made = replace(
        invoice([line("1", "3.36")]),
        vat=(model.VatBreakdown("S", Decimal(19), Money(336), Money(65)),),
        totals=model.Totals(Money(336), Money(336), Money(65), Money(401), Money(401)),
    )
    assert rules.check(made, xrechnung=False, gross_prices=True) == []
    assert [each.rule for each in rules.check(made, xrechnung=False)] == ["BR-CO-17"]
    found = rules.check(made, xrechnung=True, gross_prices=True)
    assert [each.field for each in found] == ["priceLayout"]


ADDRESSES: list[tuple[list[str], str, tuple[str, str, str]]] = [
    (["Große Bleichen 21", "20354 Hamburg"], "DE", ("Große Bleichen 21", "20354", "Hamburg")),
    (["Weg 1", "D-20354 Hamburg", ""], "DE", ("Weg 1", "20354", "Hamburg")),
    (["Postfach 12345", "c/o Meier"], "DE", ("Postfach 12345", "", "")),
    (["Ring 1", "1010 Wien"], "AT", ("Ring 1", "1010", "Wien")),
    (["Gasse 2", "CH-8001 Zürich"], "CH", ("Gasse 2", "8001", "Zürich")),
    (["Damrak 1", "1012 AB Amsterdam"], "NL", ("Damrak 1", "1012 AB", "Amsterdam")),
    (["ul. Nowa 1", "00-950 Warszawa"], "PL", ("ul. Nowa 1", "00-950", "Warszawa")),
    (["Gatan 1", "111 22 Stockholm"], "SE", ("Gatan 1", "111 22", "Stockholm")),
    (["Rua 1", "1000-001 Lisboa"], "PT", ("Rua 1", "1000-001", "Lisboa")),
    (["10 Downing St", "London SW1A 2AA"], "GB", ("10 Downing St", "SW1A 2AA", "London")),
    (["1 Street", "Dublin D02 AF30"], "IE", ("1 Street", "D02 AF30", "Dublin")),
    (["20354 Hamburg", "Tor 2"], "DE", ("Tor 2", "20354", "Hamburg")),
]


@pytest.mark.parametrize(("lines", "country", "wanted"), ADDRESSES)
def test_post_code_and_town_are_read_from_the_address(
    lines: list[str], country: str, wanted: tuple[str, str, str]
) -> None:
    found = rules.postal_address(lines, country)
    assert (found.line1, found.post_code, found.city) == wanted


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("Stück", "H87"),
        ("Stk.", "H87"),
        ("Std.", "HUR"),
        ("h", "HUR"),
        ("kg", "KGM"),
        ("m²", "MTK"),
        ("Pausch.", "LS"),
        ("Monate", "MON"),
        ("HUR", "HUR"),
        ("", "C62"),
        ("Wolke", "C62"),
    ],
)
def test_a_unit_gets_its_code(unit: str, code: str) -> None:
    assert units.code(unit) == code


def test_a_term_of_a_line_names_the_line() -> None:
    path = "/Invoice[1]/InvoiceLine[3]/Item[1]/Name[1]"
    assert fields.field("BR-25", "An item has a name (BT-153).", path) == "lines[2].title"
    assert fields.field("BR-25", "An item has a name (BT-153).") == "lines"
    assert fields.field("BR-99", "Nothing that we know.") is None
