"""Many final invoices in one go: their numbers, postings and rows as sequences, all or none.

Each is what `invoicing.actions.create` would have made of it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.invoicing import claim, drafting, quota, rules, store
from kontorhaus.invoicing.model import Claim, Content, Document, Snapshot
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.numbers.series import Drawn
from kontorhaus.invoicing.runs.model import Judged
from kontorhaus.kernel.errors import NotFound
from kontorhaus.ledger import actions as ledger
from kontorhaus.receivables import actions as receivables
from kontorhaus.receivables.model import BookedInvoice
from kontorhaus.runtime.work import Work


def issue(work: Work, *, rows: Sequence[Judged]) -> list[Document]:
    """Final invoices without a number of their own; refusals as for one, which refuses all."""
    quota.claim(work, count=len(rows))
    snapshots, parties = _snapshots(work, rows)
    _enter_periods(work, [snapshot.content for snapshot in snapshots])
    drafts = [drafting.document(work, snapshot) for snapshot in snapshots]
    for draft in drafts:
        rules.check_final(draft)
    debtors = [
        party or claim.debtor(work, content=draft.content)
        for party, draft in zip(parties, drafts, strict=True)
    ]
    days = [draft.content.document_date for draft in drafts]
    drawn = series.draw_all(work, kind="invoice", days=days)
    frozen = [
        replace(snapshot, number=each.number, finalized=True)
        for snapshot, each in zip(snapshots, drawn, strict=True)
    ]
    booked = receivables.book_invoices(
        work,
        invoices=[
            claim.issued(snapshot, document_id=draft.id, party=debtor)
            for snapshot, draft, debtor in zip(frozen, drafts, debtors, strict=True)
        ],
    )
    finals = [
        _final(work, draft, each, its, debtor)
        for draft, each, its, debtor in zip(drafts, drawn, booked, debtors, strict=True)
    ]
    _keep(work, finals, frozen, drawn)
    return finals


def _snapshots(work: Work, rows: Sequence[Judged]) -> tuple[list[Snapshot], list[Party | None]]:
    """What the documents are made from, and their contacts; all of it as it was judged."""
    house = drafting.house(work)
    ids = [row.new.client_id for row in rows]
    known = contacts.contacts_named(work, public_ids=filter(None, ids))
    snapshots = []
    for row in rows:
        new = row.new
        if new.client_id is not None and new.client_id not in known:
            raise NotFound("contact", "There is no such contact.")
        content = drafting.begun(house, new=new, party=known.get(new.client_id or ""))
        snapshot = drafting.composed(
            house, content=content, document_type=new.type, number=new.number
        )
        drafting.accept(snapshot, row.verdict)
        snapshots.append(snapshot)
    return snapshots, [known.get(client_id or "") for client_id in ids]


def _enter_periods(work: Work, contents: Iterable[Content]) -> None:
    """Months of tax dates first, then periods, both in the order of time."""
    every = list(contents)
    for tax_date in sorted({day.replace(day=1) for day in map(rules.tax_date, every) if day}):
        ledger.hold_month(work, day=tax_date)
    for day in sorted({content.document_date.replace(day=1) for content in every}):
        ledger.enter_period(work, booking_date=day)


def _final(
    work: Work, draft: Document, drawn: Drawn, booked: BookedInvoice, debtor: Party
) -> Document:
    return replace(
        draft,
        number=drawn.number,
        finalized_at=work.now,
        finalized_date=work.today,
        claim=Claim(booked.id, booked.intent_id, debtor.customer_account or ""),
    )


def _keep(
    work: Work, finals: Sequence[Document], frozen: Sequence[Snapshot], drawn: Sequence[Drawn]
) -> None:
    with work.connection.pipeline():
        for final, snapshot, each in zip(finals, frozen, drawn, strict=True):
            store.insert(work, document=final)
            store.freeze(work, document=final, snapshot=snapshot)
            work.record(
                "invoicing.created",
                subject="document",
                subject_id=final.id,
                details={"public_id": final.public_id, "type": final.type},
            )
            work.record(
                "invoicing.finalized",
                subject="document",
                subject_id=final.id,
                details={"number": each.number, "type": final.type, **each.account},
            )
