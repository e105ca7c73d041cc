"""Reads one booking of a CAMT file: its single movements, the other side, the purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kontorhaus.banking.camt import fields as camt_fields
from kontorhaus.banking.camt.fields import Fields
from kontorhaus.banking.model import Entry
from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel.money import Money, total

# A line that fills its field goes on in the next one without a blank.
_FULL_LINES = frozenset((140, 35, 27))
_PURPOSE_LIMIT = 2000
_CREDITOR_ID = (
    "RltdPties/Cdtr/Pty/Id/PrvtId/Othr/Id",
    "RltdPties/Cdtr/Id/PrvtId/Othr/Id",
    "RltdPties/Cdtr/Pty/Id/OrgId/Othr/Id",
    "RltdPties/Cdtr/Id/OrgId/Othr/Id",
)
_STRUCTURED = ("RfrdDocInf/Nb", "CdtrRefInf/Ref", "AddtlRmtInf")


def read(booking: Fields, own_iban: str, statement_date: date | None) -> list[Entry]:
    """The movements of one booking: its single transactions when their amounts add up to it.

    `statement_date` stands in for a booking date that the bank left out.
    """
    amount = booking.signed()
    booking_date = booking.day("BookgDt", "ValDt") or statement_date
    if booking_date is None:
        raise camt_fields.unreadable("an entry has no booking date")
    whole = Entry(
        amount=amount,
        booking_date=booking_date,
        value_date=booking.day("ValDt"),
        bank_reference=booking.reference("AcctSvcrRef"),
        transaction_code=booking.code(),
        booking_text=booking.text("AddtlNtryInf"),
        is_reversal=booking.text("RvslInd") in ("true", "1"),
    )
    details = booking.details
    if len(details) == 1:
        return [_detailed(whole, details[0], own_iban)]
    amounts = _split(details, amount)
    if amounts is None:
        return [_summary(whole, details)]
    return [
        replace(
            _detailed(replace(whole, amount=share), detail, own_iban),
            batch_size=len(details),
            batch_amount=amount,
            batch_reference=whole.bank_reference,
        )
        for detail, share in zip(details, amounts, strict=True)
    ]


def _split(details: list[Fields], amount: Money) -> list[Money] | None:
    """What each transaction of a batch moves, or None when that does not add up to the booking."""
    if not details:
        return None
    signed, plain = [], []
    sign = 1 if amount.minor >= 0 else -1
    for detail in details:
        money = (
            detail.money("Amt")
            or detail.money("AmtDtls/TxAmt/Amt")
            or detail.money("AmtDtls/InstdAmt/Amt")
        )
        if money is None or money.currency != amount.currency:
            return None
        factor = {"CRDT": 1, "DBIT": -1}.get(detail.text("CdtDbtInd"), sign)
        signed.append(Money(money.minor * factor, money.currency))
        plain.append(Money(money.minor * sign, money.currency))
    for amounts in (signed, plain):
        if total(amounts, amount.currency) == amount:
            return amounts
    return None


def _summary(whole: Entry, details: list[Fields]) -> Entry:
    """A booking that stays one movement: the purposes of all its transactions, nobody's name."""
    purposes = [purpose for detail in details if (purpose := _purpose(detail))]
    return replace(whole, purpose=(" ".join(purposes) or whole.booking_text)[:_PURPOSE_LIMIT])


def _detailed(whole: Entry, detail: Fields, own_iban: str) -> Entry:
    """A movement with what its transaction tells about it."""
    is_reversal = whole.is_reversal or any(path.startswith("RtrInf") for path in detail.texts)
    party = _counterparty(detail, whole.amount.minor >= 0, is_reversal, own_iban)
    purpose = _purpose(detail) or detail.text("AddtlTxInf") or whole.booking_text
    return replace(
        whole,
        counterparty_name=party[0],
        counterparty_iban=party[1],
        counterparty_bic=party[2],
        ultimate_name=party[3],
        purpose=purpose[:_PURPOSE_LIMIT],
        end_to_end_id=detail.reference("Refs/EndToEndId"),
        mandate_id=detail.reference("Refs/MndtId"),
        creditor_id=detail.text(*_CREDITOR_ID),
        bank_reference=detail.reference("Refs/AcctSvcrRef") or whole.bank_reference,
        transaction_code=detail.code() or whole.transaction_code,
        is_reversal=is_reversal,
        return_reason=detail.text(
            "RtrInf/Rsn/Cd",
            "RtrInf/Rsn/Prtry",
            "RtrInf/RtrRsn/Cd",
            "RtrInf/RtrRsn/Prtry",
            "RtrInf/AddtlInf",
        ),
    )


def _counterparty(
    detail: Fields, is_credit: bool, is_reversal: bool, own_iban: str
) -> tuple[str, str, str, str]:
    """Name, IBAN, BIC of the other side and the name of whom it acts for.

    Money in comes from the debtor. A return keeps the roles of what it returns, so there the
    other side is the role that we did not have.
    """
    roles = ("Dbtr", "Cdtr") if is_credit else ("Cdtr", "Dbtr")
    first, second = (_party(detail, role) for role in roles)
    is_ours = bool(first[1]) and first[1] == own_iban
    is_turned = is_reversal and second[1] not in ("", own_iban)
    if any(second) and (is_ours or is_turned or not any(first)):
        return second
    return ("", "", "", "") if is_ours else first


def _party(detail: Fields, role: str) -> tuple[str, str, str, str]:
    party, agent = f"RltdPties/{role}", f"RltdAgts/{role}Agt/FinInstnId/"
    ultimate = detail.text(f"RltdPties/Ultmt{role}/Pty/Nm", f"RltdPties/Ultmt{role}/Nm")
    name = detail.text(party + "/Pty/Nm", party + "/Nm", party + "/Agt/FinInstnId/Nm")
    account = detail.text(party + "Acct/Id/IBAN", party + "Acct/Id/Othr/Id", party + "Acct/Id/BBAN")
    bic = detail.text(agent + "BICFI", agent + "BIC")
    return name or ultimate, ibans.compact(account), bic, ultimate


def _purpose(detail: Fields) -> str:
    """The remittance information: its lines joined, then the structured references."""
    text, is_continued = "", False
    for line in detail.all("RmtInf/Ustrd"):
        text += line if is_continued or not text else " " + line
        is_continued = len(line) in _FULL_LINES
    references = [
        reference for step in _STRUCTURED for reference in detail.all(f"RmtInf/Strd/{step}")
    ]
    return " ".join(part for piece in (text, *references) if (part := piece.strip()))
