"""Reads bank statements in ISO 20022 CAMT (052, 053 and 054 of any version) into statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from lxml import etree

from kontorhaus.banking.camt import entry as camt_entry
from kontorhaus.banking.camt import fields as camt_fields
from kontorhaus.banking.model import Balance, Entry, Statement
from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import total

SIZE_LIMIT_BYTES = 64 * 1024 * 1024

_KINDS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_PARTS = ("CreDtTm", "Acct", "Bal", "Ntry")
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_BOOKED = ("BOOK", "")


def parse(content: bytes) -> list[Statement]:
    """The statements of a CAMT file.

    Raises Invalid: file_too_large, empty_file, xml_doctype, xml_malformed, statement_format
    (no CAMT, or a field that cannot be read), statement_sum (a camt.053 whose booked entries do
    not lead from its opening to its closing balance).
    """
    _check_envelope(content)
    try:
        statements = list(_statements(content))
    except etree.XMLSyntaxError as error:
        raise Invalid(
            "xml_malformed", f"This file is no well-formed XML: {error.msg}.", field="file"
        ) from error
    if not statements:
        raise camt_fields.unreadable("it holds no CAMT statement, report or notification")
    for statement in statements:
        _check_sum(statement)
    return statements


def _check_envelope(content: bytes) -> None:
    """What can be refused before a parser sees the bytes."""
    if not content.strip():
        raise Invalid("empty_file", "The file is empty.", field="file")
    if len(content) > SIZE_LIMIT_BYTES:
        raise Invalid(
            "file_too_large",
            f"The file is larger than {SIZE_LIMIT_BYTES // 1024**2} MB.",
            field="file",
        )
    if b"\0" in content:
        raise camt_fields.unreadable("write it in UTF-8")
    if b"<!DOCTYPE" in content:
        raise camt_fields.doctype()


@dataclass(slots=True)
class _Draft:
    """A statement while it is being read."""

    kind: str
    created_on: date | None = None
    iban: str = ""
    currency: str = ""
    bic: str = ""
    balances: list[tuple[str, Balance]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    pending_count: int = 0


def _statements(content: bytes) -> Iterator[Statement]:
    """Streams over the file; an entry is forgotten as soon as it is read."""
    events = etree.iterparse(
        BytesIO(content),
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in ("Document", *_KINDS, *_PARTS)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    draft = None
    for event, element in events:
        name = camt_fields.local_name(element.tag)
        if event == "start" and name not in _PARTS:
            _check_root(element)
            draft = _Draft(kind=_KINDS[name]) if name in _KINDS else None
        elif name in _KINDS:
            if draft is not None:
                yield _finished(draft, element)
                element.clear()
                draft = None
        elif event == "end" and draft is not None and _is_statement(element.getparent()):
            _take(draft, name, element)


def _check_root(root: etree._Element) -> None:
    """Refuses any DOCTYPE, however it is encoded."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise camt_fields.doctype()


def _is_statement(element: etree._Element | None) -> bool:
    return element is not None and camt_fields.local_name(element.tag) in _KINDS


def _take(draft: _Draft, name: str, element: etree._Element) -> None:
    """Moves what an element says into the draft, then frees its memory."""
    if name == "CreDtTm":
        draft.created_on = camt_fields.day((element.text or "").strip())
        return
    fields = camt_fields.read(element)
    if name == "Acct":
        draft.iban = ibans.compact(fields.text("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id"))
        draft.currency = fields.text("Ccy")
        draft.bic = fields.text("Svcr/FinInstnId/BICFI", "Svcr/FinInstnId/BIC")
    elif name == "Bal":
        balance = Balance(fields.signed(), fields.day("Dt"))
        draft.balances.append((fields.text("Tp/CdOrPrtry/Cd", "Tp/Cd"), balance))
    elif fields.text("Sts/Cd", "Sts", "Sts/Prtry") not in _BOOKED:
        draft.pending_count += 1
    else:
        draft.entries.extend(camt_entry.read(fields, draft.iban, draft.created_on))
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        if camt_fields.local_name(before.tag) != name:
            return
        parent.remove(before)


def _finished(draft: _Draft, element: etree._Element) -> Statement:
    """The statement once its last element was read."""
    fields = camt_fields.read(element)
    currency = _currency(draft)
    return Statement(
        kind=draft.kind,
        identification=fields.text("Id"),
        sequence_number=fields.text("ElctrncSeqNb", "LglSeqNb"),
        iban=draft.iban,
        currency=currency,
        bic=draft.bic,
        opening=_balance(draft, _OPENING, currency),
        closing=_balance(draft, _CLOSING, currency),
        entries=tuple(draft.entries),
        pending_count=draft.pending_count,
    )


def _currency(draft: _Draft) -> str:
    if draft.currency:
        return draft.currency
    if draft.entries:
        return draft.entries[0].amount.currency
    return draft.balances[0][1].amount.currency if draft.balances else "EUR"


def _balance(draft: _Draft, codes: tuple[str, ...], currency: str) -> Balance | None:
    """The stated balance in the account's own currency; the earlier code goes first."""
    for wanted in codes:
        for code, balance in draft.balances:
            if code == wanted and balance.amount.currency == currency:
                return balance
    return None


def _check_sum(statement: Statement) -> None:
    """Opening balance + booked entries = closing balance, where a camt.053 states both."""
    if statement.kind != "camt.053" or statement.opening is None or statement.closing is None:
        return
    amounts = [entry.amount for entry in statement.entries]
    if any(amount.currency != statement.currency for amount in amounts):
        raise camt_fields.unreadable("its entries are in different currencies")
    reached = statement.opening.amount + total(amounts, statement.currency)
    if reached != statement.closing.amount:
        raise Invalid(
            "statement_sum",
            f"Statement {statement.identification or '(unnamed)'} does not add up: opening balance "
            f"{statement.opening.amount} and its {len(amounts)} booked entries lead to {reached}, "
            f"but it states {statement.closing.amount} as its closing balance. "
            "Ask the bank for a complete file.",
            field="file",
            statement=statement.identification,
            expected=str(reached),
            stated=str(statement.closing.amount),
        )
