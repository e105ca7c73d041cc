"""Writes a bank statement as banks deliver it: CAMT.053 (ISO 20022, camt.053.001.08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from lxml import etree

from kontorhaus.app.demo.model import BankLine
from kontorhaus.kernel.money import Money, total

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_TEXTS: Mapping[str, str] = {
    "PMNT-RCDT-ESCT": "SEPA-Gutschrift",
    "PMNT-ICDT-ESCT": "SEPA-Überweisung",
    "PMNT-ICDT-SALA": "SEPA-Überweisung Gehalt",
    "PMNT-RDDT-ESDD": "SEPA-Lastschrift",
    "PMNT-IDDT-ESDD": "SEPA-Lastschrifteinzug",
    "PMNT-IDDT-UPDD": "Rücklastschrift",
    "PMNT-MCRD-POSP": "Kartenumsätze",
    "PMNT-CNTR-CDPT": "Bareinzahlung",
    "ACMT-MDOP-CHRG": "Entgelte",
}
_WITHOUT_PARTY = frozenset(("PMNT-CNTR-CDPT", "ACMT-MDOP-CHRG"))


@dataclass(frozen=True, slots=True)
class Account:
    """Whose statement it is; `bank` its name."""

    owner: str
    iban: str
    bank: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One statement: its number in the year, its days, and the balance that it begins with."""

    number: int
    first: date
    last: date
    opening: Money


def write(account: Account, sheet: Sheet, lines: Sequence[BankLine]) -> bytes:
    """The statement of booked lines, whose purposes are final; days must lie in the sheet."""
    closing = sheet.opening + total(line.amount for line in lines)
    name = f"{account.iban[-6:]}{sheet.last:%Y%m}"
    entries = [_entry(list(group)) for _, group in groupby(lines, key=_booked_together)]
    statement = _make(
        "Stmt",
        _make("Id", name),
        _make("ElctrncSeqNb", str(sheet.number)),
        _make("CreDtTm", f"{sheet.last}T22:00:00Z"),
        _make(
            "Acct",
            _make("Id", _make("IBAN", account.iban)),
            _make("Ccy", "EUR"),
            _make("Ownr", _make("Nm", account.owner)),
            _make("Svcr", _make("FinInstnId", _make("Nm", account.bank))),
        ),
        _balance("OPBD", sheet.opening, sheet.first),
        _balance("CLBD", closing, sheet.last),
        *entries,
    )
    header = _make("GrpHdr", _make("MsgId", name), _make("CreDtTm", f"{sheet.last}T22:00:00Z"))
    root = _make("Document", _make("BkToCstmrStmt", header, statement))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _booked_together(line: BankLine) -> tuple[object, ...]:
    """Equal for neighbours of one batch; else no two lines are."""
    return (line.day, line.batch) if line.batch else (line.reference,)


def _balance(code: str, amount: Money, day: date) -> etree._Element:
    return _make(
        "Bal",
        _make("Tp", _make("CdOrPrtry", _make("Cd", code))),
        *_amount(amount),
        _make("Dt", _make("Dt", str(day))),
    )


def _amount(amount: Money) -> Iterator[etree._Element]:
    yield _make("Amt", str(abs(amount).decimal), currency=amount.currency)
    yield _make("CdtDbtInd", "CRDT" if amount.minor >= 0 else "DBIT")


def _entry(lines: Sequence[BankLine]) -> etree._Element:
    first = lines[0]
    domain, family, kind = first.code.split("-")
    return _make(
        "Ntry",
        *_amount(total(line.amount for line in lines)),
        *([_make("RvslInd", "true")] if first.return_reason else []),
        _make("Sts", _make("Cd", "BOOK")),
        _make("BookgDt", _make("Dt", str(first.day))),
        _make("ValDt", _make("Dt", str(first.day))),
        _make("AcctSvcrRef", f"{first.reference}B" if first.batch else first.reference),
        _make(
            "BkTxCd",
            _make(
                "Domn",
                _make("Cd", domain),
                _make("Fmly", _make("Cd", family), _make("SubFmlyCd", kind)),
            ),
        ),
        _make("NtryDtls", *map(_details, lines)),
        _make("AddtlNtryInf", _TEXTS[first.code]),
    )


def _details(line: BankLine) -> etree._Element:
    parts = [
        _make(
            "Refs",
            _make("AcctSvcrRef", line.reference),
            _make("EndToEndId", f"E{line.reference}" if line.batch else "NOTPROVIDED"),
        ),
        *_amount(line.amount),
    ]
    if line.code not in _WITHOUT_PARTY:
        # a returned debit keeps the roles that it had
        is_debtor = (line.amount.minor >= 0) != bool(line.return_reason)
        parts.append(_make("RltdPties", *_party("Dbtr" if is_debtor else "Cdtr", line)))
    parts.append(_make("RmtInf", *(_make("Ustrd", text) for text in _pieces(line.purpose))))
    if line.return_reason:
        parts.append(_make("RtrInf", _make("Rsn", _make("Cd", line.return_reason))))
    return _make("TxDtls", *parts)


def _party(role: str, line: BankLine) -> Iterable[etree._Element]:
    yield _make(role, _make("Pty", _make("Nm", line.name)))
    yield _make(f"{role}Acct", _make("Id", _make("IBAN", line.iban)))


def _make(name: str, *content: str | etree._Element, currency: str = "") -> etree._Element:
    """An element of the message with its text or its children."""
    element = etree.Element(etree.QName(_NAMESPACE, name))
    if currency:
        element.set("Ccy", currency)
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces of at most 140 signs."""
    for start in range(0, len(text), 140):
        yield text[start : start + 140]
