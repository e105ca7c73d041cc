"""What may be agreed, and what it amounts to (SEPA rulebooks, Leitweg-ID 2.0, XRechnung 3.0)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from kontorhaus.invoicing.agreement.model import (
    Agreement,
    CashDiscount,
    DirectDebit,
    Profile,
)
from kontorhaus.kernel import iban
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money

MAX_DISCOUNTS = 3

# Coarse address (Land or Bund, then district and municipality), fine address, check digits.
_LEITWEG_ID = re.compile(
    r"(?:0[1-9]|1[0-6]|99)(?:\d|\d{3}|\d{6}|\d{7}|\d{10})?-[A-Z0-9]{1,30}-\d{2}", re.ASCII
)
_MANDATE = re.compile(r"[A-Za-z0-9+?/:().,'\- ]{1,35}", re.ASCII)
_CREDITOR_ID = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII)
_BUSINESS_CODE = slice(4, 7)


def check(
    agreement: Agreement, *, document_date: date, is_claim: bool, is_xrechnung: bool
) -> Agreement:
    """The agreement as it is kept; Invalid names the field that cannot stand.

    `is_claim`: the document asks for money, so that it may say when and how it is paid.
    """
    if not is_claim:
        _check_no_payment(agreement)
    _check_reference(agreement.buyer_reference)
    _check_attachments(agreement, is_xrechnung)
    if agreement.due_date is not None:
        if agreement.payment_days is not None:
            raise Invalid(
                "due_date", "dueDate and paymentDays exclude each other.", field="paymentDays"
            )
        if agreement.due_date < document_date:
            raise Invalid("due_date", "dueDate is before the date of the invoice.", field="dueDate")
    _check_discounts(agreement.discounts)
    debit = agreement.direct_debit
    return replace(agreement, direct_debit=_checked_debit(debit)) if debit else agreement


def is_leitweg_id(text: str) -> bool:
    """Whether a reference has the form of a Leitweg-ID with a fine address."""
    return _LEITWEG_ID.fullmatch(text.upper()) is not None


def has_check_digits(text: str) -> bool:
    """Whether the letters and digits of an id satisfy ISO 7064 MOD 97-10."""
    signs = (sign for sign in text if sign.isascii() and sign.isalnum())
    return int("".join(str(int(sign, 36)) for sign in signs)) % 97 == 1


def due_date(agreement: Agreement, *, document_date: date, usual_days: int) -> date:
    """When an invoice is due; Invalid where a cash discount would outlast it."""
    days = usual_days if agreement.payment_days is None else agreement.payment_days
    due = agreement.due_date or document_date + timedelta(days=days)
    if agreement.discounts and until(agreement.discounts[-1], document_date) > due:
        raise Invalid(
            "skonto", f"The last skonto ends after the invoice is due ({due}).", field="skonto"
        )
    return due


def until(discount: CashDiscount, document_date: date) -> date:
    """The last day on which a cash discount may be taken."""
    return document_date + timedelta(days=discount.days)


def taken_off(discount: CashDiscount, payable: Money) -> Money:
    """What a cash discount takes off the amount to pay, rounded half up."""
    return Money.rounded(payable.decimal * discount.percent / 100, payable.currency)


def profile(agreement: Agreement) -> Profile:
    """The profile of a Factur-X: cash discounts are figures of their own in EXTENDED alone."""
    return agreement.profile or ("extended" if agreement.discounts else "en16931")


def carried(agreement: Agreement, *, document_date: date, is_claim: bool) -> Agreement:
    """What the next document of the chain takes over: no day, no files, payment for claims.

    A day on which the former one was due stands for so many days after its date.
    """
    due, days = agreement.due_date, agreement.payment_days
    if due is not None:
        days = (due - document_date).days
    kept = replace(agreement, due_date=None, payment_days=days, attachments=())
    return kept if is_claim else _without_payment(kept)


def _without_payment(agreement: Agreement) -> Agreement:
    return replace(agreement, due_date=None, payment_days=None, discounts=(), direct_debit=None)


def _check_no_payment(agreement: Agreement) -> None:
    for value, field in (
        (agreement.due_date is not None, "dueDate"),
        (agreement.payment_days is not None, "paymentDays"),
        (agreement.discounts, "skonto"),
        (agreement.direct_debit, "paymentMeans"),
    ):
        if value:
            raise Invalid("payment", "Only an invoice says when and how it is paid.", field=field)


def _check_reference(text: str) -> None:
    if is_leitweg_id(text) and not has_check_digits(text):
        raise Invalid(
            "leitweg_id",
            "The check digits of this Leitweg-ID are wrong: compare it with the order.",
            field="buyerReference",
        )


def _check_attachments(agreement: Agreement, is_xrechnung: bool) -> None:
    attachments = agreement.attachments
    if is_xrechnung and agreement.syntax == "cii" and len(attachments) > 1:
        # CII-SR-476
        raise Invalid(
            "attachment",
            "An XRechnung in CII takes one file along: choose syntax ubl.",
            field="attachments",
        )
    if len({each.name.lower() for each in attachments}) < len(attachments):
        raise Invalid("attachment", "Each attachment has a name of its own.", field="attachments")


def _check_discounts(discounts: tuple[CashDiscount, ...]) -> None:
    if len(discounts) > MAX_DISCOUNTS:
        raise Invalid("skonto", f"At most {MAX_DISCOUNTS} steps of skonto.", field="skonto")
    for place, each in enumerate(discounts):
        if not 0 < each.percent < 100:
            raise Invalid(
                "skonto", "More than 0 and less than 100 %.", field=f"skonto[{place}].percent"
            )
    for sooner, later in pairwise(discounts):
        if later.days <= sooner.days or later.percent >= sooner.percent:
            raise Invalid(
                "skonto", "Each step of skonto ends later and takes less off.", field="skonto"
            )


def _checked_debit(debit: DirectDebit) -> DirectDebit:
    if not iban.is_valid(debit.iban):
        raise Invalid("iban", "This is no valid IBAN: check its digits.", field="paymentMeans.iban")
    if not _MANDATE.fullmatch(debit.mandate) or debit.mandate != debit.mandate.strip():
        raise Invalid(
            "mandate",
            "A mandate reference has 1 to 35 letters, digits and + ? / - : ( ) . , '.",
            field="paymentMeans.mandate",
        )
    creditor = iban.compact(debit.creditor_id)
    if not _is_creditor_id(creditor):
        raise Invalid(
            "creditor_id",
            "This is no valid creditor identifier: check its digits.",
            field="paymentMeans.creditorId",
        )
    return replace(debit, iban=iban.compact(debit.iban), creditor_id=creditor)


def _is_creditor_id(text: str) -> bool:
    """Form and check digits; the business code takes no part in them (EPC262-08)."""
    if not _CREDITOR_ID.fullmatch(text):
        return False
    without_code = text[: _BUSINESS_CODE.start] + text[_BUSINESS_CODE.stop :]
    return has_check_digits(without_code[4:] + without_code[:4])
