"""The body of a letter as blocks: paragraphs, tables, sums, payment.

A block is its kind and what it shows, each text as it stands on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kontorhaus.invoicing.pdf import girocode
from kontorhaus.invoicing.pdf import letter as model
from kontorhaus.invoicing.pdf.wording import Wording, grouped_iban
from kontorhaus.kernel.money import Money, total

Json = str | int | bool | None | Mapping[str, "Json"] | Sequence["Json"]
Block = Sequence[Json]


def body(letter: model.Letter, wording: Wording) -> list[Json]:
    """What stands below the title, in its order."""
    return list(_blocks(letter, wording))


def _blocks(letter: model.Letter, wording: Wording) -> Iterator[Block]:
    is_delivery = letter.kind == "delivery_note"
    yield from _paragraphs(letter.intro)
    if is_delivery:
        yield from _addresses(letter, wording)
        yield _delivered(letter, wording)
    else:
        yield _positions(letter, wording)
    if letter.totals is not None and not is_delivery:
        yield _totals(letter, letter.totals, wording)
        if letter.kind == "invoice" and letter.totals.deductions:
            yield from _deductions(letter, letter.totals, wording)
    if not is_delivery:
        yield from _addresses(letter, wording)
    yield from _notes(letter, wording)
    if letter.kind not in ("credit_note", "delivery_note"):
        yield from _terms(letter, wording)
    if letter.kind == "invoice" and letter.payment is not None:
        yield from _payment(letter, letter.payment, wording)
    yield from _ending(letter, wording)


def _paragraphs(texts: Sequence[str]) -> Iterator[Block]:
    return (("paragraph", text) for text in texts)


def _notes(letter: model.Letter, wording: Wording) -> Iterator[Block]:
    ids = {"seller_vat_id": letter.sender.vat_id, "buyer_vat_id": letter.recipient.vat_id}
    for key in letter.notes:
        yield "law", wording.say(f"note_{key}", **ids)
    yield from _paragraphs(letter.note_texts)


def _ending(letter: model.Letter, wording: Wording) -> Iterator[Block]:
    is_delivery = letter.kind == "delivery_note"
    yield from _paragraphs(letter.closing)
    if letter.signed_by and not is_delivery:
        yield "greeting", wording.say("greeting"), letter.signed_by
    if is_delivery or (letter.has_acceptance and letter.kind == "estimate"):
        signed = wording.say("received" if is_delivery else "accepted")
        yield "signature", signed, wording.say("place_date_signature")
    if letter.small_print:
        yield "small", " ".join(wording.say(f"note_{key}") for key in letter.small_print)
    if letter.attachments:
        yield "enclosures", wording.say("attachments"), "  ·  ".join(letter.attachments)


def _addresses(letter: model.Letter, wording: Wording) -> Iterator[Block]:
    shown: list[Json] = []
    if letter.delivery_address and letter.kind not in ("credit_note", "estimate"):
        shown.append([wording.say("delivery_address"), letter.delivery_address])
    if letter.invoice_address and letter.kind == "purchase_order":
        shown.append([wording.say("invoice_address"), letter.invoice_address])
    if shown:
        yield "addresses", shown


def _vat_name(letter: model.Letter, wording: Wording) -> str:
    return letter.vat_name or wording.say("vat")


def _column(width: str | int, side: str, head: str, least: int = 0) -> Json:
    """A column: its width in mm, auto or 1fr, and under which head, at least so many mm wide."""
    return {"width": width, "side": side, "head": head, "least": least}


def _positions(letter: model.Letter, wording: Wording) -> Block:
    say = wording.say
    vat = [_column(12, "right", _vat_name(letter, wording))] if letter.has_vat_column else []
    columns = [
        _column(8, "left", say("position")),
        _column("1fr", "left", say("description")),
        _column("auto", "right", say("quantity"), 12),
        _column("auto", "left", ""),
        _column("auto", "right", say("unit_price"), 19),
        *vat,
        _column("auto", "right", f"{say('amount')} {wording.symbol}", 22),
    ]
    running = Money.zero(letter.currency)
    rows: list[Json] = []
    for line in letter.lines:
        if isinstance(line, model.LetterLine):
            if line.amount and not line.is_optional:
                running = running + line.amount
            rows.append(_position(letter, line, running, wording))
        else:
            rows.append(_interlude(line))
    return "ledger", columns, rows, [say("carries_on"), say("carried"), wording.behind]


def _interlude(line: model.Heading | model.Remark) -> Json:
    if isinstance(line, model.Heading):
        return ["group", line.position, line.name]
    return ["remark", line.text]


def _position(
    letter: model.Letter, line: model.LetterLine, running: Money, wording: Wording
) -> Json:
    assert line.unit_price is not None, "only a delivery note shows no price"
    assert line.amount is not None
    plain = "muted" if line.is_optional else "plain"
    behind = [wording.behind] if wording.behind else []
    rate = "" if line.vat_rate is None else wording.percent(line.vat_rate)
    cells: list[Json] = [
        ["muted", line.position],
        _item(line, wording),
        [plain, wording.number(line.quantity, 0)],
        [plain, line.unit],
        [plain, wording.number(line.unit_price)],
        *([["muted", rate]] if letter.has_vat_column else []),
        [plain, wording.number(line.amount), *behind],
    ]
    return ["cells", cells, wording.number(running)]


def _item(line: model.LetterLine, wording: Wording) -> Json:
    more = [line.description] if line.description else []
    if line.discount:
        percent, amount = (
            wording.percent(line.discount.percent),
            wording.money(-line.discount.amount),
        )
        more.append(wording.say("discount_line", percent=percent, amount=amount))
    remark = f" ({wording.say('optional')})" if line.is_optional else ""
    return ["item", line.name, remark, more]


def _delivered(letter: model.Letter, wording: Wording) -> Block:
    say = wording.say
    lines = [line for line in letter.lines if isinstance(line, model.LetterLine)]
    is_partial = any(line.ordered is not None for line in lines)
    has_articles = any(line.article_number for line in lines)
    columns = [
        _column(9, "left", say("position")),
        *([_column(28, "left", say("article"))] if has_articles else []),
        _column("1fr", "left", say("description")),
        *([_column(20, "right", say("ordered"))] if is_partial else []),
        _column(20, "right", say("delivered" if is_partial else "quantity")),
        _column("auto", "left", ""),
    ]
    rows: list[Json] = []
    for line in letter.lines:
        if not isinstance(line, model.LetterLine):
            rows.append(_interlude(line))
            continue
        ordered = line.quantity if line.ordered is None else line.ordered
        cells: list[Json] = [
            ["muted", line.position],
            *([["plain", line.article_number]] if has_articles else []),
            _item(line, wording),
            *([["muted", wording.number(ordered, 0)]] if is_partial else []),
            ["strong", wording.number(line.quantity, 0)],
            ["plain", line.unit],
        ]
        rows.append(["cells", cells, None])
    return "ledger", columns, rows, None


def _totals(letter: model.Letter, totals: model.LetterTotals, wording: Wording) -> Block:
    say, money = wording.say, wording.money
    is_last = not (totals.deductions and letter.kind == "invoice")
    word = "estimate_total" if letter.kind == "estimate" else "gross" if is_last else "performed"
    rows: list[Json] = []
    if totals.adjustments:
        rows.append([say("line_total"), money(totals.lines)])
    for each in totals.adjustments:
        percent = "" if each.percent is None else f" {wording.percent(each.percent)}"
        rows.append([each.label + percent, money(each.amount)])
    last = [say(word), money(totals.gross)]
    if letter.prices == "gross":
        return "sums", rows, last, is_last, _taxes(letter, totals.vat, "incl_vat", wording)
    if totals.vat:
        rows.append([say("net"), money(totals.net)])
        rows += _taxes(letter, totals.vat, "plus_vat", wording)
    return "sums", rows, last, is_last, []


def _taxes(
    letter: model.Letter, taxes: Sequence[model.Tax], key: str, wording: Wording
) -> list[Json]:
    rows: list[Json] = []
    for tax in taxes:
        known = {"vat": _vat_name(letter, wording), "base": wording.money(tax.base)}
        if tax.category == "S":
            text = wording.say(key, rate=wording.percent(tax.rate), **known)
            rows.append([text, wording.money(tax.amount)])
        else:
            zero = wording.money(Money.zero(letter.currency))
            rows.append([wording.say("zero_vat", **known), zero])
    return rows


def _deductions(
    letter: model.Letter, totals: model.LetterTotals, wording: Wording
) -> Iterator[Block]:
    """§ 14 (5) UStG: a final invoice deducts the down payments and the tax on them."""
    say, number = wording.say, wording.number
    vat = _vat_name(letter, wording)
    behind = [wording.behind] if wording.behind else []
    columns = [
        _column("1fr", "left", say("down_payment")),
        _column("auto", "right", f"{say('net_short')} {wording.symbol}", 24),
        _column(12, "right", vat),
        _column("auto", "right", f"{vat} {wording.symbol}", 20),
        _column("auto", "right", f"{say('gross_short')} {wording.symbol}", 24),
    ]
    rows: list[Json] = []
    for each in totals.deductions:
        name = f"{each.number} {say('of_date')} {wording.day(each.issue_date)}"
        cells: list[Json] = [
            ["plain", name],
            ["plain", number(each.net)],
            ["muted", wording.percent(each.rate)],
            ["plain", number(each.tax)],
            ["plain", number(each.gross), *behind],
        ]
        rows.append(["cells", cells, None])
    paid = total((each.gross for each in totals.deductions), letter.currency)
    yield "section", say("deductions")
    yield "ledger", columns, rows, None
    yield (
        "sums",
        [
            [say("performed"), wording.money(totals.gross)],
            [say("deduction_total"), wording.money(-paid)],
        ],
        [say("payable"), wording.money(totals.payable)],
        True,
        _taxes(letter, totals.remaining, "incl_vat", wording),
    )


def _terms(letter: model.Letter, wording: Wording) -> Iterator[Block]:
    terms = letter.terms
    if terms is None:
        return
    for step in terms.skonto:
        yield (
            "paragraph",
            wording.say(
                "skonto",
                date=wording.day(step.until),
                percent=wording.percent(step.percent),
                discount=wording.money(step.discount),
                amount=wording.money(step.amount),
            ),
        )
    if terms.paid_on:
        yield "paragraph", wording.say("paid", date=wording.day(terms.paid_on))
    elif terms.due_date and letter.totals is not None:
        amount, day = wording.money(letter.totals.payable), wording.day(terms.due_date)
        yield "paragraph", wording.say("due_line", amount=amount, date=day)
    yield from _paragraphs(terms.texts)


def _payment(letter: model.Letter, payment: model.Payment, wording: Wording) -> Iterator[Block]:
    bank = payment.bank or letter.sender.bank
    if bank is None:
        return
    holder = bank.holder or letter.sender.name
    rows: list[Json] = [
        [wording.say("holder"), holder],
        ["IBAN", grouped_iban(bank.iban)],
        ["BIC", " · ".join(filter(None, (bank.bic, bank.name)))],
        [wording.say("reference"), payment.reference],
        [wording.say("payable"), wording.money(payment.amount)],
    ]
    shown: dict[str, Json] = {"rows": rows, "code": None}
    if payment.has_giro_code and girocode.is_possible(payment.amount):
        text = girocode.payload(
            holder=holder,
            iban=bank.iban,
            bic=bank.bic,
            amount=payment.amount,
            reference=payment.reference,
        )
        shown["code"] = {"png": list(girocode.code(text)), "words": wording.say("giro")}
    yield "payment", shown
