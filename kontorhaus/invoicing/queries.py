"""What is asked about documents, and what a document would be made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import Profile
from kontorhaus.invoicing import rules, store
from kontorhaus.invoicing.model import (
    Artefact,
    ArtefactKind,
    Client,
    Content,
    Document,
    DocumentType,
    Filter,
    Seller,
    Snapshot,
)
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work

# What stands for the number while an e-invoice is judged that has none yet.
PLACEHOLDER = "DRAFT"
_BUYER_REFERENCE = "buyerReference"


def document(work: Work, *, public_id: str) -> Document:
    """A document; NotFound("document")."""
    found = store.by_public_id(work, public_id=public_id)
    if found is None:
        raise NotFound("document", "There is no such document.")
    return found


def documents(
    work: Work, *, wanted: Filter, limit: int, skip: int
) -> tuple[list[Document], int]:
    """A page of documents in the wanted order, and how many match."""
    return store.matching(work, wanted=wanted, limit=limit, skip=skip)


def made_this_month(work: Work) -> int:
    """How many documents were made since the month began where the company is."""
    first = datetime.combine(
        work.today.replace(day=1), time(), ZoneInfo(work.caller.time_zone)
    )
    return store.count_since(work, instant=first)


def artefact(work: Work, *, document: Document, kind: ArtefactKind) -> Artefact | None:
    """The stored file of a final document, if it was made."""
    return store.artefact(work, document_id=document.id, kind=kind)


def completed(
    work: Work, *, content: Content, document_type: DocumentType, client_id: str | None
) -> Content:
    """The content with its contact copied, checked; NotFound("contact"), Invalid."""
    if client_id is not None:
        party = contacts.contact(work, public_id=client_id)
        content = replace(content, client=client(party))
    if any(line.vat_rate is None for line in content.lines):
        content = rules.with_rates(content, identity.profile(work).vat_default)
    return rules.check_content(content, document_type)


def client(party: Party) -> Client:
    """A contact as a document keeps it."""
    details = party.details
    return Client(
        name=details.name, name2=details.name2, client_number=details.client_number,
        address1=details.address1, address2=details.address2, address3=details.address3,
        country_code=details.country_code, contact_person=details.contact_person,
        email=details.email, phone=details.phone, tax_number=details.tax_number,
        buyer_reference=details.custom_fields.get(_BUYER_REFERENCE) or None,
        contact_id=party.public_id, party_id=party.id,
    )


def draft_snapshot(
    work: Work, *, content: Content, document_type: DocumentType, number: str | None
) -> Snapshot:
    """What PDF and XML would be made from if the content were final now."""
    profile, settings = identity.profile(work), identity.settings(work)
    return Snapshot(
        type=document_type,
        number=number or PLACEHOLDER,
        finalized=False,
        is_test=identity.environment(work) == "TEST",
        content=content,
        totals=rules.totals(
            content, small_trader=profile.small_trader, currency=profile.currency
        ),
        seller=seller(profile),
        due_date=content.document_date + timedelta(days=settings.payment_days),
    )


def snapshot(work: Work, *, document: Document) -> Snapshot:
    """What a document's PDF and XML are made from: frozen once it is final."""
    frozen = store.snapshot(work, document_id=document.id)
    return frozen or draft_snapshot(
        work, content=document.content, document_type=document.type,
        number=document.shown_number,
    )


def to_be_judged(
    work: Work, *, public_id: str, change: Callable[[Content], Content], client_id: str | None
) -> Snapshot | None:
    """The snapshot of a draft after a change; None if there is no draft, or no e-invoice in it."""
    found = store.by_public_id(work, public_id=public_id)
    if found is None or found.finalized_at is not None:
        return None
    content = change(found.content)
    if content.export_type == "pdf":
        return None
    content = completed(
        work, content=content, document_type=found.type, client_id=client_id
    )
    return draft_snapshot(
        work, content=content, document_type=found.type, number=found.number
    )


def seller(profile: Profile) -> Seller:
    """The company as a document keeps it."""
    return Seller(
        name=profile.name,
        shown_name=profile.shown_name,
        name2=profile.name2 or "",
        country_code=profile.country_code,
        address=_filled(profile.line1, profile.line2, profile.line3),
        ceo=profile.ceo,
        legal_lines=_filled(profile.legal_line1, profile.legal_line2),
        email=profile.email,
        phone=profile.phone,
        contact_lines=_filled(profile.contact_line1, profile.contact_line2),
        iban=profile.iban,
        bic=profile.bic,
        bank_name=profile.bank_name,
        payment_lines=_filled(profile.payment_line1, profile.payment_line2),
        tax_numbers=tuple((item.description, item.number) for item in profile.tax_numbers),
        currency=profile.currency,
        small_trader=profile.small_trader,
        small_trader_text=profile.small_trader_text,
    )


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
