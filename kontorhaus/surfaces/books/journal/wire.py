"""The JSON shapes of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from kontorhaus.banking.model import BankTransaction
from kontorhaus.files.model import StoredFile
from kontorhaus.ledger.model import Intent, JournalEntry, JournalQuestion, Place
from kontorhaus.ledger.queries import IntentView
from kontorhaus.openitems.model import Allocation
from kontorhaus.surfaces.books.journal import place_wire
from kontorhaus.surfaces.conventions import fields

_SURFACE_LABELS = {
    "books": "Books-API",
    "billing": "Billing-API",
    "portal": "Kundenportal",
    "management": "Management-API",
    "web": "Weboberfläche",
    "system": "Kontorhaus",
}
_CHANNEL_LABELS = {
    "dashboard": "Oberfläche",
    "api": "API",
    "mcp": "MCP",
    "bank": "Bank",
    "import": "Import",
    "system": "System",
}


class JournalQuery(fields.CamelQuery):
    """A stretch of the journal."""

    account: Annotated[str, fields.text(1, 9)] | None = None
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    search: Annotated[str, fields.text(0, 200)] | None = None
    external_reference: Annotated[str, fields.text(1, 500)] | None = None
    limit: Annotated[int, fields.whole(1, 1000)] = 200
    offset: Annotated[int, fields.whole(0, None)] = 0
    cursor: place_wire.Cursor | None = None


class Provenance(fields.Out):
    """Who wrote an entry, and by which way."""

    surface: str
    surface_label: str
    channel: Literal["dashboard", "api", "mcp", "bank", "import", "system"]
    channel_label: str
    actor_type: Literal["user", "api_key", "oauth_client", "system"]
    actor_label: str
    actor_key_prefix: str | None
    actor_display: str


class JournalLine(fields.Out):
    """One event in the journal."""

    id: UUID
    journal_number: int
    booking_date: date
    account_debit: str
    account_credit: str
    amount: fields.Money
    description: str
    source: str
    intent_id: UUID
    fx_currency: str | None
    fx_amount: fields.Quantity | None
    external_reference: str | None
    custom_metadata: dict[str, object] | None
    provenance_summary: Provenance
    pair: int
    line: int
    kind: Literal["net", "tax", "self_assessed"]
    tax_code: str | None


class Journal(fields.Out):
    """A page of the journal, newest first; `next_cursor` asks for the next page."""

    entries: list[JournalLine]
    next_cursor: str | None


class IntentLine(fields.Out):
    """One event of an intent, with its place in the hash chain."""

    id: UUID
    intent_id: UUID
    journal_number: int
    booking_date: date
    account_debit: str
    account_credit: str
    account_debit_name: str
    account_credit_name: str
    amount: fields.Money
    currency: str
    description: str
    created_at: datetime
    created_by: str
    source: str
    document_id: UUID | None
    reverses_intent_id: UUID | None
    audit_hash: str
    prev_hash: str
    provenance_summary: Provenance
    pair: int
    line: int
    kind: Literal["net", "tax", "self_assessed"]
    tax_code: str | None


class IntentSummary(fields.Out):
    """An intent in one line."""

    booking_date: date
    period: str
    description: str
    total: fields.Money
    currency: str
    event_count: int
    is_reversed: bool
    created_at: datetime
    created_by: str


class Settlement(fields.Out):
    """What settled a claim or debt, or what a payment settled."""

    intent_id: UUID
    invoice_id: UUID | None
    account: str
    amount: fields.Money
    currency: str
    booking_date: date


class LinkedIntents(fields.Out):
    """The intents around this one."""

    reverses: UUID | None
    reversed_by: UUID | None
    settles: list[Settlement]
    settled_by: list[Settlement]


class DocumentRef(fields.Out):
    """A stored document."""

    id: UUID
    original_name: str
    mime_type: str
    sha256: str


class BankTransactionRef(fields.Out):
    """A bank transaction that hangs on the intent."""

    id: UUID
    bank_account_id: UUID
    tx_date: date
    amount: fields.Money
    counterparty_name: str | None


class IntentMetadata(fields.Out):
    """What else is known of an intent."""

    external_reference: str | None
    custom_metadata: dict[str, object] | None
    documents: list[DocumentRef]
    bank_transactions: list[BankTransactionRef]


class IntentDetail(fields.Out):
    """An intent with everything that hangs on it."""

    intent_id: UUID
    entries: list[IntentLine]
    summary: IntentSummary
    linked_intents: LinkedIntents
    metadata: IntentMetadata


def question(query: JournalQuery) -> JournalQuestion:
    """The events that a query asks for."""
    return JournalQuestion(
        account=query.account,
        first=query.start_date,
        last=query.end_date,
        search=query.search,
        external_reference=query.external_reference,
    )


def journal(entries: Sequence[JournalEntry], following: Place | None) -> Journal:
    """A page of the journal as the API shows it."""
    return Journal(
        entries=[journal_line(entry) for entry in entries],
        next_cursor=place_wire.cursor(following),
    )


def provenance(actor: Mapping[str, object]) -> Provenance:
    """Who wrote an entry, from the actor stored with it."""
    kind, label, prefix = (actor.get(name) for name in ("kind", "label", "key_prefix"))
    surface, channel = str(actor.get("surface")), str(actor.get("channel"))
    display = f"{label} ({prefix}…)" if prefix else str(label)
    return Provenance.model_construct(
        surface=surface,
        surface_label=_SURFACE_LABELS.get(surface, surface),
        channel=channel,
        channel_label=_CHANNEL_LABELS.get(channel, channel),
        actor_type=kind,
        actor_label=str(label),
        actor_key_prefix=prefix,
        actor_display=display,
    )


def journal_line(entry: JournalEntry) -> JournalLine:
    """An event in the journal as the API shows it."""
    intent, event, move = entry.intent, entry.event, entry.event.transfer
    return JournalLine(
        id=event.id,
        journal_number=event.journal_number,
        booking_date=intent.booking_date,
        account_debit=move.debit,
        account_credit=move.credit,
        amount=move.amount,
        description=intent.description,
        source=intent.source,
        intent_id=intent.id,
        fx_currency=intent.fx.currency if intent.fx else None,
        fx_amount=intent.fx.amount if intent.fx else None,
        external_reference=intent.external_reference,
        custom_metadata=_metadata(intent),
        provenance_summary=provenance(intent.actor),
        pair=move.pair,
        line=move.line,
        kind=move.kind,
        tax_code=move.tax_code,
    )


def intent_detail(
    view: IntentView,
    allocations: Sequence[Allocation],
    bank_transactions: Sequence[BankTransaction],
    documents: Sequence[StoredFile],
) -> IntentDetail:
    """An intent with everything that hangs on it as the API shows it."""
    intent = view.entries[0].intent
    return IntentDetail(
        intent_id=intent.id,
        entries=[_intent_line(entry) for entry in view.entries],
        summary=_summary(view),
        linked_intents=LinkedIntents(
            reverses=intent.reverses,
            reversed_by=view.reversed_by,
            settles=[
                _settlement(a, a.item_intent_id) for a in allocations if a.intent_id == intent.id
            ],
            settled_by=[
                _settlement(a, a.intent_id) for a in allocations if a.item_intent_id == intent.id
            ],
        ),
        metadata=IntentMetadata(
            external_reference=intent.external_reference,
            custom_metadata=_metadata(intent),
            documents=[_document(found) for found in documents],
            bank_transactions=[_matched(found) for found in bank_transactions],
        ),
    )


def _document(found: StoredFile) -> DocumentRef:
    return DocumentRef(
        id=found.id,
        original_name=found.original_name,
        mime_type=found.media_type,
        sha256=found.sha256,
    )


def _matched(found: BankTransaction) -> BankTransactionRef:
    return BankTransactionRef(
        id=found.id,
        bank_account_id=found.bank_account_id,
        tx_date=found.tx_date,
        amount=found.amount,
        counterparty_name=found.counterparty_name,
    )


def _intent_line(entry: JournalEntry) -> IntentLine:
    intent, event, move = entry.intent, entry.event, entry.event.transfer
    return IntentLine(
        id=event.id,
        intent_id=intent.id,
        journal_number=event.journal_number,
        booking_date=intent.booking_date,
        account_debit=move.debit,
        account_credit=move.credit,
        account_debit_name=entry.debit_name,
        account_credit_name=entry.credit_name,
        amount=move.amount,
        currency=move.amount.currency,
        description=intent.description,
        created_at=intent.created_at,
        created_by=str(intent.actor.get("label")),
        source=intent.source,
        document_id=intent.document_id,
        reverses_intent_id=intent.reverses,
        audit_hash=event.hash.hex(),
        prev_hash=event.prev_hash.hex(),
        provenance_summary=provenance(intent.actor),
        pair=move.pair,
        line=move.line,
        kind=move.kind,
        tax_code=move.tax_code,
    )


def _summary(view: IntentView) -> IntentSummary:
    intent = view.entries[0].intent
    return IntentSummary(
        booking_date=intent.booking_date,
        period=intent.period.text,
        description=intent.description,
        total=intent.total,
        currency=intent.total.currency,
        event_count=intent.event_count,
        is_reversed=view.reversed_by is not None,
        created_at=intent.created_at,
        created_by=str(intent.actor.get("label")),
    )


def _settlement(allocation: Allocation, intent_id: UUID) -> Settlement:
    return Settlement(
        intent_id=intent_id,
        invoice_id=None,
        account=allocation.account,
        amount=abs(allocation.amount),
        currency=allocation.amount.currency,
        booking_date=allocation.settled_on,
    )


def _metadata(intent: Intent) -> dict[str, object] | None:
    given = intent.custom_metadata
    return None if given is None else cast(dict[str, object], dict(given))
