"""A CAMT.053.001.08 statement as a German bank writes it, for payments that a test makes up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Payment:
    """One booked entry; above zero is money in."""

    day: date
    amount: Decimal
    name: str
    iban: str
    purpose: str


def statement(iban: str, opening: Decimal, payments: list[Payment]) -> bytes:
    """One statement over these payments with balances that add up."""
    closing = opening + sum((payment.amount for payment in payments), Decimal(0))
    first, last = payments[0].day, payments[-1].day
    entries = "".join(_entry(number, payment) for number, payment in enumerate(payments, 1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>053D{last:%Y%m%d}</MsgId><CreDtTm>{last}T20:30:00.0+02:00</CreDtTm></GrpHdr>
<Stmt><Id>053C{last:%Y%m%d}</Id><ElctrncSeqNb>{last:%j}</ElctrncSeqNb>
<CreDtTm>{last}T20:30:00.0+02:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy><Svcr><FinInstnId><BICFI>BYLADEM1001</BICFI>
</FinInstnId></Svcr></Acct>
{_balance("PRCD", opening, first)}{_balance("CLBD", closing, last)}{entries}
</Stmt></BkToCstmrStmt></Document>""".encode()


def _balance(code: str, amount: Decimal, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(amount)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _amount(amount: Decimal) -> str:
    side = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{abs(amount):.2f}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _entry(number: int, payment: Payment) -> str:
    role = "Dbtr" if payment.amount > 0 else "Cdtr"
    code = "166" if payment.amount > 0 else "116"
    return f"""<Ntry>{_amount(payment.amount)}<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{payment.day}</Dt></BookgDt><ValDt><Dt>{payment.day}</Dt></ValDt>
<AcctSvcrRef>{payment.day:%Y%m%d}{number:08}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>
<Prtry><Cd>NTRF+{code}+9248</Cd><Issr>DK</Issr></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
{_amount(payment.amount)}
<RltdPties><{role}><Pty><Nm>{escape(payment.name)}</Nm></Pty></{role}>
<{role}Acct><Id><IBAN>{payment.iban}</IBAN></Id></{role}Acct></RltdPties>
<RmtInf><Ustrd>{escape(payment.purpose)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
