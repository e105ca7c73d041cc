"""Reading CAMT files: real samples, batches, returns, hostile XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kontorhaus.banking.camt import statement as camt
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money, total

SAMPLES = Path(__file__).parent.parent / "samples" / "bank" / "camt"
OWN = "DE13430609671234567890"

# What the samples state themselves and do not keep: their figures are made up.
INCONSISTENT = {"camt053.v2.all-balance-types.xml", "camt053.v2.five.decimals.xml"}
EMPTY = {"camt053.v2.wrong.xml"}


def document(entries: str, balances: str = "", version: str = "053.001.08") -> bytes:
    message, part = {
        "053": ("BkToCstmrStmt", "Stmt"),
        "052": ("BkToCstmrAcctRpt", "Rpt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[version[:3]]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><{message}>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr><{part}><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb>"
        f"<Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}"
        f"</{part}></{message}></Document>"
    ).encode()


def entry(
    amount: str,
    details: str = "",
    more: str = "",
    direction: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt>{more}"
        f"{f'<NtryDtls>{details}</NtryDtls>' if details else ''}</Ntry>"
    )


def balance(code: str, amount: str, direction: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


def only(content: bytes) -> camt.Entry:
    (statement,) = camt.parse(content)
    (found,) = statement.entries
    return found


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.name)
def test_every_real_sample_is_read_and_meets_its_closing_balance(path: Path) -> None:
    if path.name in INCONSISTENT | EMPTY:
        with pytest.raises(Invalid) as refusal:
            camt.parse(path.read_bytes())
        assert refusal.value.code == ("statement_format" if path.name in EMPTY else "statement_sum")
        return
    for statement in camt.parse(path.read_bytes()):
        assert statement.iban
        if statement.opening and statement.closing:
            moved = total((one.amount for one in statement.entries), statement.currency)
            assert statement.opening.amount + moved == statement.closing.amount


def test_a_file_of_two_statements_gives_both_with_their_entries() -> None:
    first, second = camt.parse((SAMPLES / "camt053.v2.multi.statement.xml").read_bytes())
    assert (first.identification, second.identification) == (
        "253EURNL26VAYB8060476890",
        "254EURNL26VAYB8060476890",
    )
    assert first.closing == second.opening or first.closing.amount == second.opening.amount
    assert [one.amount for one in second.entries] == [Money(-700)]
    assert second.entries[0].counterparty_name == "Company Name 2"


def test_pending_entries_are_left_out_and_counted() -> None:
    (statement,) = camt.parse((SAMPLES / "camt052.v6.xml").read_bytes())
    assert (statement.entries, statement.pending_count) == ((), 1)
    (own,) = camt.parse(
        document(entry("1.00") + entry("5.00", status="<Sts>PDNG</Sts>"), version="052.001.02")
    )
    assert ([one.amount.minor for one in own.entries], own.pending_count) == ([100], 1)


def test_an_entry_brings_the_other_side_its_references_and_its_purpose() -> None:
    found = only(
        document(
            entry(
                "119.00",
                more=(
                    "<ValDt><Dt>2026-03-03</Dt></ValDt><AcctSvcrRef>BANK-1</AcctSvcrRef>"
                    "<BkTxCd><Prtry><Cd>NTRF+166+9002/405</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
                ),
                details=(
                    "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId><MndtId>M-1</MndtId></Refs>"
                    "<RltdPties><Dbtr><Pty><Nm>Anna Müller</Nm></Pty></Dbtr>"
                    "<DbtrAcct><Id><IBAN>DE02 1203 0000 0000 2020 51</IBAN></Id></DbtrAcct>"
                    "<UltmtDbtr><Pty><Nm>Ben Müller</Nm></Pty></UltmtDbtr>"
                    "<Cdtr><Pty><Nm>Wir</Nm></Pty></Cdtr>"
                    f"<CdtrAcct><Id><IBAN>{OWN}</IBAN></Id></CdtrAcct></RltdPties>"
                    "<RltdAgts><DbtrAgt><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId>"
                    "</DbtrAgt></RltdAgts>"
                    f"<RmtInf><Ustrd>{'A' * 137} RE</Ustrd><Ustrd>-2026-1</Ustrd>"
                    "<Ustrd>danke</Ustrd>"
                    "<Strd><CdtrRefInf><Ref>RF18539</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
                ),
            )
        )
    )
    assert (found.amount, found.booking_date, found.value_date) == (
        Money(11900),
        date(2026, 3, 2),
        date(2026, 3, 3),
    )
    assert (found.counterparty_name, found.counterparty_iban, found.counterparty_bic) == (
        "Anna Müller",
        "DE02120300000000202051",
        "BYLADEM1001",
    )
    assert found.ultimate_name == "Ben Müller"
    assert found.purpose == f"{'A' * 137} RE-2026-1 danke RF18539"
    assert (found.end_to_end_id, found.mandate_id, found.bank_reference) == ("", "M-1", "BANK-1")
    assert found.transaction_code == "166"


def test_a_payment_of_ours_names_the_creditor() -> None:
    found = only(
        document(
            entry(
                "10.00",
                direction="DBIT",
                details=(
                    "<TxDtls><RltdPties><Dbtr><Nm>Wir</Nm></Dbtr><Cdtr><Nm>Strom AG</Nm>"
                    "<Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id></Othr></PrvtId></Id>"
                    "</Cdtr></RltdPties></TxDtls>"
                ),
            ),
            version="053.001.02",
        )
    )
    assert (found.amount.minor, found.counterparty_name) == (-1000, "Strom AG")
    assert found.creditor_id == "DE98ZZZ09999999999"


def transaction(amount: str, text: str, direction: str = "") -> str:
    return (
        f'<TxDtls><Amt Ccy="EUR">{amount}</Amt>{direction}'
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )


def test_a_batch_is_split_when_its_transactions_add_up() -> None:
    (statement,) = camt.parse(
        document(
            entry(
                "30.00",
                transaction("10.00", "eins")
                + transaction("25.00", "zwei")
                + transaction("5.00", "drei", "<CdtDbtInd>DBIT</CdtDbtInd>"),
            )
        )
    )
    assert [(one.amount.minor, one.purpose) for one in statement.entries] == [
        (1000, "eins"),
        (2500, "zwei"),
        (-500, "drei"),
    ]
    assert {one.batch_size for one in statement.entries} == {3}


def test_a_batch_stays_whole_when_its_transactions_do_not_add_up() -> None:
    found = only(
        document(entry("29.00", transaction("10.00", "eins") + transaction("20.00", "zwei")))
    )
    assert (found.amount.minor, found.purpose, found.batch_size) == (2900, "eins zwei", 1)


def test_a_returned_direct_debit_keeps_its_reason_and_names_the_customer() -> None:
    found = only(
        document(
            entry(
                "23.50",
                direction="DBIT",
                details=(
                    f"<TxDtls><RltdPties><Dbtr><Pty><Nm>Kundin</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE1</IBAN>"
                    f"</Id></DbtrAcct><Cdtr><Pty><Nm>Wir</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{OWN}</IBAN>"
                    "</Id></CdtrAcct></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"
                ),
            )
        )
    )
    assert found.is_reversal
    assert (found.return_reason, found.counterparty_name) == ("AC04", "Kundin")


def test_a_statement_that_does_not_add_up_is_refused_with_its_figures() -> None:
    balances = balance("PRCD", "100.00", "DBIT") + balance("CLBD", "1.00")
    with pytest.raises(Invalid) as refusal:
        camt.parse(document(entry("100.00"), balances))
    assert refusal.value.code == "statement_sum"
    assert "0.00 EUR" in refusal.value.message
    assert "1.00 EUR" in refusal.value.message
    assert len(camt.parse(document(entry("101.00"), balances))) == 1


def test_the_sum_of_an_intraday_report_is_not_checked() -> None:
    balances = balance("OPBD", "1.00") + balance("CLBD", "9.00")
    assert camt.parse(document(entry("2.00"), balances, "052.001.08"))[0].kind == "camt.052"


@pytest.mark.parametrize("code", ["052.001.01", "053.001.02", "053.001.14", "054.001.08"])
def test_any_version_is_read(code: str) -> None:
    assert only(document(entry("2.00"), version=code)).amount == Money(200)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n", "empty_file"),
        (b"not xml", "xml_malformed"),
        (b"<Document><BkToCstmrStmt>", "xml_malformed"),
        (b"<html/>", "statement_format"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Document/>', "xml_doctype"),
        (BOMB, "xml_doctype"),
        (BOMB.decode().encode("utf-16"), "statement_format"),
        (
            b'<?xml version="1.0" encoding="UTF-7"?>' + BOMB[21:].replace(b"<!D", b"+ADwAIQ-D"),
            "xml_doctype",
        ),
        (document(entry("1e5")), "statement_format"),
        (document(entry("-1.00")), "statement_format"),
        (document(entry("NaN")), "statement_format"),
        (document(entry("1.005")), "amount_digits"),
        (document(entry("999999999999999.00")), "amount_too_large"),
        (document(entry("1.00").replace("2026-03-02", "2026-02-30")), "statement_format"),
        (document(entry("1.00").replace("CRDT", "BOTH")), "statement_format"),
        (
            document(entry("1.00").replace("<BookgDt><Dt>2026-03-02</Dt></BookgDt>", "")),
            "statement_format",
        ),
        (document("<x>" * 5000 + "</x>" * 5000), "xml_malformed"),
    ],
)
def test_a_broken_or_hostile_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        camt.parse(content)
    assert refusal.value.code in (code, "xml_malformed")
    if code == "xml_doctype":
        assert refusal.value.code == code or b"UTF-7" in content


def test_a_file_above_the_limit_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(camt, "SIZE_LIMIT_BYTES", 1000)
    with pytest.raises(Invalid) as refusal:
        camt.parse(document(entry("1.00") * 10))
    assert refusal.value.code == "file_too_large"
