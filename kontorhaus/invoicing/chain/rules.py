"""How far an order has got, and what the next document takes over of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from kontorhaus.invoicing import supply
from kontorhaus.invoicing.agreement import rules as agreed
from kontorhaus.invoicing.chain.model import Conversion, Progress, Successor
from kontorhaus.invoicing.model import (
    Content,
    Document,
    DocumentType,
    Line,
    NewDocument,
    TaxGroup,
)
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.money import Money

_PARTIAL = {"de": "{percent} % Abschlag auf {number}", "en": "{percent}% down payment on {number}"}


# --- how far it has got


def progress(document: Document, descendants: Sequence[Successor]) -> list[Progress]:
    """What was delivered and invoiced of each line, on whatever way through the chain."""
    children: dict[str, list[Successor]] = {}
    for each in descendants:
        children.setdefault(each.parent_id, []).append(each)
    places = range(1, len(document.content.lines) + 1)
    own = dict.fromkeys(places, Decimal(0))
    delivered = {**own, **_done(document.public_id, children, "delivery-note")}
    invoiced = {**own, **_done(document.public_id, children, "invoice")}
    return [
        Progress(n, line.title, line.unit, line.quantity, delivered[n], invoiced[n])
        for n, line in enumerate(document.content.lines, start=1)
    ]


def _done(
    parent_id: str, children: Mapping[str, Sequence[Successor]], wanted: DocumentType
) -> dict[int, Decimal]:
    """The quantities of each line that ended in documents of the wanted type."""
    sums: dict[int, Decimal] = {}
    for child in children.get(parent_id, ()):
        if child.is_cancelled or child.form not in ("standard", "final"):
            continue
        below = {} if child.type == wanted else _done(child.id, children, wanted)
        for position, line in enumerate(child.lines, start=1):
            if line.parent_line is not None:
                amount = line.quantity if child.type == wanted else below.get(position, Decimal(0))
                sums[line.parent_line] = sums.get(line.parent_line, Decimal(0)) + amount
    return sums


# --- what is taken over


def converted(parent: Document, conversion: Conversion, done: Sequence[Progress]) -> NewDocument:
    """The document that follows, with the client, the lines and the terms of its parent.

    Invalid for a line that there is not, or more of one than is left; Conflict("nothing_left").
    """
    before, is_invoice = parent.content, conversion.type == "invoice"
    is_partial = conversion.percent is not None
    is_claim = is_invoice and conversion.form != "credit-note"
    lines = _partial_lines(parent, conversion) if is_partial else _lines(parent, conversion, done)
    content = replace(
        before,
        document_date=conversion.document_date,
        lines=lines,
        introduction=conversion.introduction,
        notes=conversion.notes,
        discount_rate=Decimal(0) if is_partial else before.discount_rate,
        export_type=(conversion.export_type or before.export_type) if is_invoice else "pdf",
        form=conversion.form,
        agreement=agreed.carried(
            before.agreement, document_date=before.document_date, is_claim=is_claim
        ),
    )
    texts = {"introduction": conversion.introduction, "notes": conversion.notes}
    return NewDocument(
        type=conversion.type,
        content=_supplied(content, parent, conversion),
        number=conversion.number,
        finalized=conversion.finalized,
        parent_id=parent.public_id,
        said=frozenset({"price_layout", *(name for name, text in texts.items() if text)}),
    )


def _supplied(content: Content, parent: Document, conversion: Conversion) -> Content:
    """The day of supply: that of the invoice it corrects, or the day of the delivery note."""
    if conversion.form in ("correction", "credit-note"):
        supplied = supply.with_supply_day(parent.content)
        return replace(
            content,
            service_date=supplied.service_date,
            service_date_end=supplied.service_date_end,
            service_date_type=supplied.service_date_type,
        )
    is_delivered = parent.type == "delivery-note" and conversion.type == "invoice"
    return replace(
        content,
        service_date=parent.content.document_date if is_delivered else None,
        service_date_end=None,
        service_date_type="delivery-date" if is_delivered else None,
    )


def _lines(parent: Document, conversion: Conversion, done: Sequence[Progress]) -> tuple[Line, ...]:
    left = {each.position: _left(each, conversion) for each in done}
    wanted = conversion.quantities
    if wanted is None:
        wanted = {n: rest for n, rest in left.items() if rest}
    for position, quantity in wanted.items():
        rest = left.get(position)
        if rest is None:
            raise Invalid("lines", f"There is no line {position}.", field="lines")
        if quantity * rest < 0 or abs(quantity) > abs(rest):
            raise Invalid(
                "lines", f"Of line {position} there is {rest.normalize():f} left.", field="lines"
            )
    lines = tuple(
        replace(line, quantity=wanted[n], parent_line=n)
        for n, line in enumerate(parent.content.lines, start=1)
        if wanted.get(n)
    )
    if not lines:
        raise Conflict("nothing_left", f"Nothing is left of {parent.shown_number} to take over.")
    return lines


def _left(done: Progress, conversion: Conversion) -> Decimal:
    """What may still be taken over of a line; never beyond what was ordered."""
    if conversion.type == "delivery-note":
        rest = done.quantity - done.delivered
    elif conversion.type == "invoice" and conversion.form in ("standard", "final"):
        rest = done.quantity - done.invoiced
    else:
        rest = done.quantity
    return rest if rest * done.quantity > 0 else Decimal(0)


def _partial_lines(parent: Document, conversion: Conversion) -> tuple[Line, ...]:
    """A share of the whole for each tax group, at the prices of the layout."""
    percent, content = conversion.percent or Decimal(0), parent.content
    if conversion.form != "partial":
        raise Invalid("percent", "Only a partial invoice asks for a percentage.", field="percent")
    title = _PARTIAL[content.language].format(
        percent=_shown(percent, content.language), number=parent.shown_number
    )
    return tuple(
        _share(title, group, percent, content, _tax_case(parent, group))
        for group in parent.totals.groups
        if group.net
    )


def _share(
    title: str, group: TaxGroup, percent: Decimal, content: Content, tax_case: str | None
) -> Line:
    whole = group.net + group.tax if content.price_layout == "gross" else group.net
    price = Money.rounded(whole.decimal * percent / 100, whole.currency).decimal
    is_gross = content.price_layout == "gross"
    return Line(
        title=title,
        quantity=Decimal(1),
        net_price=None if is_gross else price,
        gross_price=price if is_gross else None,
        vat_rate=group.rate,
        tax_case=tax_case,
    )


def _tax_case(parent: Document, group: TaxGroup) -> str | None:
    return next(
        priced.line.tax_case
        for priced in parent.totals.lines
        if (priced.tax_code, priced.rate) == (group.tax_code, group.rate)
    )


def _shown(percent: Decimal, language: str) -> str:
    text = f"{percent.normalize():f}"
    return text.replace(".", ",") if language == "de" else text
