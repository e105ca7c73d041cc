"""The SEPA file and its characters, by tables and properties."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kontorhaus.kernel.ids import (
    BankAccountId,
    InvoiceId,
    PartyId,
    PaymentItemId,
    PaymentRunId,
)
from kontorhaus.kernel.money import Money
from kontorhaus.payables.runs import pain001, sepa_text
from kontorhaus.payables.runs.model import Debtor, PaymentItem, PaymentRun

ALLOWED = re.compile(r"[a-zA-Z0-9/\-?:().,'+ ]*")
DEBTOR = Debtor("Nordlicht Hosting GmbH", "DE02120300000000202051", None)


def item(number: int, **more: object) -> PaymentItem:
    values: dict[str, object] = {
        "id": PaymentItemId(UUID(int=number)),
        "invoice_id": InvoiceId(UUID(int=number)),
        "party_id": PartyId(UUID(int=1)),
        "invoice_number": f"RE {number}",
        "vendor_name": "Müller & Söhne",
        "vendor_iban": "DE89370400440532013000",
        "vendor_bic": None,
        "vendor_city": None,
        "vendor_country": "DE",
        "amount": Money(100 + number),
        "reference": f"RE {number}",
    }
    return PaymentItem(**(values | more))  # type: ignore[arg-type]


def run(*items: PaymentItem) -> PaymentRun:
    return PaymentRun(
        id=PaymentRunId(UUID(int=7)),
        bank_account_id=BankAccountId(UUID(int=8)),
        execution_date=date(2026, 12, 1),
        label=None,
        status="approved",
        total=Money(sum(one.amount.minor for one in items)),
        item_count=len(items),
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        created_by=None,
        needs_four_eyes=False,
        content_hash=None,
        message_id=f"KH{UUID(int=7).hex}",
        sepa_sha256=None,
        items=items,
    )


def written(payments: PaymentRun, version: str = "09") -> bytes:
    made_at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return pain001.write(payments, DEBTOR, version=version, made_at=made_at)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Müller & Söhne Größe", "Mueller + Soehne Groesse"),
        ("Łukasz Ayşe Đorđe", "Lukasz Ayse Dorde"),
        ("Straße „Am Markt“ – 5 €", "Strasse 'Am Markt' - 5 EUR"),
        ("a\nb\tc", "a b c"),
        ("日本", ""),
        ("<script>", "script"),
    ],
)
def test_text_is_written_in_the_characters_of_sepa(text: str, plain: str) -> None:
    assert sepa_text.plain(text) == plain


@given(st.text(max_size=300))
def test_whatever_is_written_is_allowed_and_short_enough(text: str) -> None:
    for made, most in (
        (sepa_text.name(text), 70),
        (sepa_text.remittance(text), 140),
        (sepa_text.identification(text), 35),
    ):
        assert ALLOWED.fullmatch(made)
        assert len(made) <= most
    identification = sepa_text.identification(text)
    assert not identification.startswith("/")
    assert not identification.endswith("/")
    assert "//" not in identification


@pytest.mark.parametrize("version", pain001.VERSIONS)
def test_counts_and_sums_are_exact_for_many_payments(version: str) -> None:
    payments = run(*(item(number) for number in range(1, 2001)))
    root = etree.fromstring(written(payments, version))
    name = f"{{urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}}}"
    amounts = [round(float(one.text or 0) * 100) for one in root.iter(f"{name}InstdAmt")]
    assert len(amounts) == 2000
    assert sum(amounts) == payments.total.minor
    assert [one.text for one in root.iter(f"{name}NbOfTxs")] == ["2000", "2000"]
    assert {one.text for one in root.iter(f"{name}CtrlSum")} == {str(payments.total.decimal)}
    assert len({one.text for one in root.iter(f"{name}EndToEndId")}) == 2000


def test_town_and_country_are_given_outside_of_the_eea_only() -> None:
    swiss = item(1, vendor_iban="CH9300762011623852957", vendor_city="Zürich", vendor_country="CH")
    content = written(run(swiss, item(2, vendor_city="Hamburg")))
    assert content.count(b"<PstlAdr><TwnNm>Zuerich</TwnNm><Ctry>CH</Ctry></PstlAdr>") == 1
    assert content.count(b"PstlAdr") == 2


@given(st.text(max_size=160), st.text(max_size=160))
def test_every_name_and_purpose_makes_a_valid_file(name: str, purpose: str) -> None:
    written(run(item(1, vendor_name=name, reference=f"RE 1 {purpose}")))
