"""Reads single fields of a CAMT file by their local names, whatever the version."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money

_AMOUNT = re.compile(r"\d{1,18}(\.\d{0,5})?|\.\d{1,5}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T+Z-].*)?", re.ASCII)
# NTRF+166+9002/405: SWIFT code, GVC code, number of the bank's own run (DK, before: ZKA)
_GVC = re.compile(r"(?:[A-Z]{4}\+)?(\d{3})(?:\+.*)?", re.ASCII)
_NOTHING = frozenset(("NOTPROVIDED", "NONREF", "NOREF", "NOT PROVIDED"))
_DETAILS = "NtryDtls/TxDtls"


@dataclass(slots=True)
class Fields:
    """The texts below an element by their path of local names, in the order of the file.

    `details` are the transactions of a booking, each with texts of its own. The currency of an
    amount stands beside it as `Amt@Ccy`.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    details: list[Fields] = field(default_factory=list)

    def text(self, *paths: str) -> str:
        """The first text that one of the paths leads to, without blanks around; else empty."""
        for path in paths:
            found = self.texts.get(path)
            if found is not None:
                return found[0].strip()
        return ""

    def all(self, path: str) -> list[str]:
        """Every text on a path, as it was written."""
        return self.texts.get(path, [])

    def reference(self, path: str) -> str:
        """A reference, unless the bank only says that there is none."""
        found = self.text(path)
        return "" if found.upper() in _NOTHING else found

    def money(self, path: str) -> Money | None:
        """The unsigned amount on a path."""
        written = self.text(path)
        if not written:
            return None
        currency = self.text(path + "@Ccy")
        if not _AMOUNT.fullmatch(written) or not _CURRENCY.fullmatch(currency):
            raise unreadable(f"it has the amount {written[:40]!r} in {currency[:10]!r}")
        return Money.exact(Decimal(written), currency)

    def signed(self) -> Money:
        """The amount of an entry or a balance; what leaves the account is negative."""
        money, direction = self.money("Amt"), self.text("CdtDbtInd")
        if money is None:
            raise unreadable("an entry or a balance has no amount")
        if direction not in ("CRDT", "DBIT"):
            raise unreadable("an entry or a balance says neither CRDT nor DBIT")
        return money if direction == "CRDT" else -money

    def day(self, *paths: str) -> date | None:
        """The day of a date or an instant, as the bank wrote it."""
        for path in paths:
            written = self.text(path + "/Dt", path + "/DtTm", path + "/Dt/DtTm", path)
            if written:
                return day(written)
        return None

    def code(self) -> str:
        """The GVC code of the German banks (three digits), else the ISO domain code."""
        written = self.text("BkTxCd/Prtry/Cd")
        match = _GVC.fullmatch(written)
        if match and ("+" in written or self.text("BkTxCd/Prtry/Issr") in ("DK", "ZKA")):
            return match[1]
        domain = "BkTxCd/Domn/"
        parts = [self.text(domain + step) for step in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
        return "-".join(part for part in parts if part)


def read(element: etree._Element) -> Fields:
    """Everything below an element."""
    fields = Fields()
    _walk(element, "", fields)
    return fields


def _walk(element: etree._Element, prefix: str, fields: Fields) -> None:
    for child in element:
        path = _path(prefix, child.tag)
        if path == _DETAILS:
            fields.details.append(read(child))
            continue
        text = child.text
        if text and not text.isspace():
            fields.texts.setdefault(path, []).append(text)
            currency = child.get("Ccy")
            if currency is not None:
                fields.texts.setdefault(path + "@Ccy", []).append(currency)
        if len(child):
            _walk(child, path, fields)


@lru_cache(maxsize=4096)
def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def _path(prefix: str, tag: str) -> str:
    return f"{prefix}/{local_name(tag)}" if prefix else local_name(tag)


def day(written: str) -> date:
    """The day that a date or an instant begins with."""
    match = _DAY.fullmatch(written)
    try:
        return date.fromisoformat(match[1] if match else written[:40])
    except ValueError as error:
        raise unreadable(f"it has the date {written[:40]!r}") from error


def unreadable(why: str) -> Invalid:
    """The refusal of a file that is no CAMT, or a broken one."""
    return Invalid("statement_format", f"This file cannot be read as CAMT: {why}.", field="file")


def doctype() -> Invalid:
    """The refusal of any DOCTYPE."""
    return Invalid("xml_doctype", "A DOCTYPE is not allowed in this XML.", field="file")
