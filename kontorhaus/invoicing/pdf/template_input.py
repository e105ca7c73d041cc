"""The input of the templates: a letter as JSON, with its running sums and its GiroCode.

Amounts, rates and quantities are decimal strings; the templates never add or round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.pdf import girocode
from kontorhaus.invoicing.pdf import letter as model
from kontorhaus.kernel.money import Money, total

_LONG_WORD = re.compile(r"\S{40,}")
# What holds no text of the user, or a drawing.
_UNBROKEN = frozenset({"brand", "payment", "seller"})

Json = str | int | bool | None | Mapping[str, "Json"] | Sequence["Json"]


def document(letter: model.Letter) -> dict[str, Json]:
    """The input of the templates: amounts, rates and quantities as decimal strings."""
    given = _given(
        kind=letter.kind,
        number=letter.number,
        issue_date=letter.issue_date.isoformat(),
        seller=_sender(letter.sender),
        recipient=_given(
            lines=letter.recipient.lines,
            notes=letter.recipient.notes,
            vat_id=letter.recipient.vat_id,
        ),
        lines=_lines(letter),
        totals=_totals(letter.totals) if letter.totals else None,
        language=letter.language,
        currency=letter.currency,
        prices=letter.prices,
        show_vat_column=letter.has_vat_column,
        vat_name=letter.vat_name,
        title_key=letter.title_key,
        brand=_brand(letter.brand),
        watermark=letter.watermark,
        facts=[_fact(fact) for fact in letter.facts],
        intro=letter.intro,
        closing=letter.closing,
        notes=letter.notes,
        note_texts=letter.note_texts,
        small_print=letter.small_print,
        terms=_terms(letter.terms) if letter.terms else None,
        payment=_payment(letter, letter.payment) if letter.payment else None,
        attachments=letter.attachments,
        signed_by=letter.signed_by,
        acceptance=letter.has_acceptance,
        delivery_address=letter.delivery_address,
        invoice_address=letter.invoice_address,
    )
    return {key: value if key in _UNBROKEN else _breakable(value) for key, value in given.items()}


def _breakable(value: Json) -> Json:
    """A word too long for a line may break anywhere."""
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda word: "\u200b".join(word[0]), value)
    if isinstance(value, Mapping):
        return {key: _breakable(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_breakable(each) for each in value]
    return value


def _given(**values: Json) -> dict[str, Json]:
    """Only what is there: no None, no empty text, no empty list. False stays."""
    return {key: value for key, value in values.items() if value or value is False}


def _text(value: Decimal | Money | None) -> str:
    if value is None:
        return ""
    return format(value.decimal if isinstance(value, Money) else value, "f")


def _sender(sender: model.Sender) -> dict[str, Json]:
    return {
        "name": sender.name,
        "address": sender.address,
        **_given(
            country=sender.country,
            contact=sender.contact,
            legal=sender.legal,
            vat_id=sender.vat_id,
            bank=_bank(sender.bank),
        ),
    }


def _bank(bank: model.Bank | None) -> dict[str, Json]:
    if bank is None:
        return {}
    return _given(iban=bank.iban, bic=bank.bic, name=bank.name, holder=bank.holder)


def _brand(brand: model.Brand) -> dict[str, Json]:
    return _given(
        theme=brand.theme, accent=brand.accent, tagline=brand.tagline, logo=_logo(brand.logo)
    )


def _logo(logo: model.Logo | None) -> dict[str, Json]:
    if logo is None:
        return {}
    shared: dict[str, Json] = {"format": logo.format, "height_mm": logo.height_mm}
    if logo.format == "svg":
        return {**shared, "text": logo.content.decode()}
    return {**shared, "bytes": list(logo.content)}


def _fact(fact: model.Fact) -> dict[str, Json]:
    if isinstance(fact.value, tuple):
        start, end = fact.value
        return {
            "label": fact.label,
            "period": {"from": start.isoformat(), "to": end.isoformat()},
        }
    if isinstance(fact.value, date):
        return {"label": fact.label, "date": fact.value.isoformat()}
    return {"label": fact.label, "value": fact.value}


def _lines(letter: model.Letter) -> list[Json]:
    running = Money.zero(letter.currency)
    rows: list[Json] = []
    for line in letter.lines:
        if isinstance(line, model.Heading):
            rows.append({"type": "group", "name": line.name, "position": line.position})
        elif isinstance(line, model.Remark):
            rows.append({"type": "text", "name": line.text})
        else:
            if line.amount and not line.is_optional:
                running = running + line.amount
            rows.append(_line(line, running))
    return rows


def _line(line: model.LetterLine, running: Money) -> dict[str, Json]:
    discount = line.discount
    return {
        "position": line.position,
        "name": line.name,
        "quantity": _text(line.quantity),
        "unit": line.unit,
        **_given(
            unit_price=_text(line.unit_price),
            vat_rate=_text(line.vat_rate),
            amount=_text(line.amount),
            running=_text(running) if line.amount is not None else "",
            description=line.description,
            optional=line.is_optional,
            article_number=line.article_number,
            ordered=_text(line.ordered),
            discount={"percent": _text(discount.percent), "amount": _text(discount.amount)}
            if discount
            else None,
        ),
    }


def _totals(totals: model.LetterTotals) -> dict[str, Json]:
    adjustments: list[Json] = [
        _given(label=each.label, amount=_text(each.amount), percent=_text(each.percent))
        for each in totals.adjustments
    ]
    return _given(
        line_total=_text(totals.lines),
        net=_text(totals.net),
        gross=_text(totals.gross),
        payable=_text(totals.payable),
        vat=[_tax(tax) for tax in totals.vat],
        adjustments=adjustments,
        deductions=_deductions(totals.deductions, totals.gross.currency),
        remaining_vat=[_tax(tax) for tax in totals.remaining],
    )


def _tax(tax: model.Tax) -> dict[str, Json]:
    return {
        "rate": _text(tax.rate),
        "category": tax.category,
        "base": _text(tax.base),
        "amount": _text(tax.amount),
    }


def _deductions(deductions: Sequence[model.Deduction], currency: str) -> dict[str, Json]:
    if not deductions:
        return {}
    lines: list[Json] = [
        {
            "number": each.number,
            "date": each.issue_date.isoformat(),
            "net": _text(each.net),
            "rate": _text(each.rate),
            "vat": _text(each.tax),
            "gross": _text(each.gross),
        }
        for each in deductions
    ]
    return {"lines": lines, "gross": _text(total((each.gross for each in deductions), currency))}


def _terms(terms: model.Terms) -> dict[str, Json]:
    skonto: list[Json] = [
        {
            "until": step.until.isoformat(),
            "percent": _text(step.percent),
            "discount": _text(step.discount),
            "amount": _text(step.amount),
        }
        for step in terms.skonto
    ]
    return _given(
        due_date=terms.due_date.isoformat() if terms.due_date else "",
        paid_on=terms.paid_on.isoformat() if terms.paid_on else "",
        skonto=skonto,
        texts=terms.texts,
    )


def _payment(letter: model.Letter, payment: model.Payment) -> dict[str, Json]:
    bank = payment.bank or letter.sender.bank
    if bank is None:
        return {}
    code: dict[str, Json] = {}
    if payment.has_giro_code and girocode.is_possible(payment.amount):
        size, path = girocode.code(
            girocode.payload(
                holder=bank.holder or letter.sender.name,
                iban=bank.iban,
                bic=bank.bic,
                amount=payment.amount,
                reference=payment.reference,
            )
        )
        code = {"size": size, "path": path}
    return _given(
        reference=payment.reference,
        amount=_text(payment.amount),
        account=_bank(payment.bank),
        code=code,
    )
