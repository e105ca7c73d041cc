"""Contacts and documents that the tests of invoicing share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.invoicing import actions
from kontorhaus.invoicing.model import Client, Content, Document, DocumentChange, Line, NewDocument
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.work import Work

DAY = date(2026, 3, 2)
HOSTING = Line("Hosting S", Decimal(2), Decimal("49.90"), None, Decimal(19), unit="Monat")
BOOK = Line("Buch", Decimal(1), Decimal("20.00"), None, Decimal(7))
INLINE = Client(
    name="Laufkundschaft KG", address1="Weg 1", address2="20095 Hamburg", country_code="DE"
)


def contact(work: Work, **details: str) -> Party:
    given = {
        "name": "Große Bücher GmbH",
        "address1": "Große Bleichen 21",
        "address2": "20354 Hamburg",
        "country_code": "DE",
        **details,
    }
    return receivables.register_customer(work, details=PartyDetails(**given))


def new(client_id: str | None = None, **more: object) -> NewDocument:
    content = Content(DAY, None if client_id else INLINE, (HOSTING, BOOK))
    fields = {
        key: more.pop(key)
        for key in tuple(more)
        if key in ("number", "finalized", "type", "parent_id")
    }
    return NewDocument(
        **{"type": "invoice", **fields}, content=replace(content, **more), client_id=client_id
    )


def issued(work: Work, **more: object) -> Document:
    return actions.create(work, new=new(contact(work).public_id, finalized=True, **more))


def change(*fields: str, content=lambda before: before, **more: object) -> DocumentChange:
    return DocumentChange(fields=frozenset(fields), content=content, **more)
