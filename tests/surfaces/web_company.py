"""A small company with invoices, a bank and one person, for the tests of the web pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kontorhaus.banking import actions as banking
from kontorhaus.banking.actions import NewBankAccount
from kontorhaus.banking.model import BankAccount, Entry
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing.model import Content, Document, Line, NewDocument
from kontorhaus.kernel.money import Money
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

EMAIL, PASSWORD = "katrin@nordlicht.example", "ein langes Passwort"


@dataclass(frozen=True)
class Company:
    """What the tests look for."""

    founded: Founded
    invoices: tuple[Document, ...]
    draft: Document
    bank_account: BankAccount


def furnish(database: Database, founded: Founded) -> Company:
    """Three invoices (one overdue), a draft, a bank account with three lines, an owner."""
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(database, caller) as work:
        identity.create_user(
            work,
            email=EMAIL,
            role="owner",
            first_name="Katrin",
            last_name="Brandt",
            password=PASSWORD,
        )
        customer = receivables.register_customer(
            work,
            details=PartyDetails(
                name="Deichgraf <b>Maschinenbau</b> GmbH",
                address1="Am Sielhof 4",
                address2="25813 Husum",
                country_code="DE",
            ),
        )
        days = (work.today - timedelta(days=40), work.today, work.today)
        invoices = tuple(_invoice(work, customer.public_id, day, finalized=True) for day in days)
        draft = _invoice(work, customer.public_id, work.today, finalized=False)
        account = banking.create_bank_account(
            work, wanted=NewBankAccount("Geschäftskonto", "DE02120300000000202051", "1800")
        )
        banking.import_entries(
            work,
            bank_account_id=account.id,
            entries=list(enumerate(_entries(work.today, invoices), start=1)),
        )
    return Company(founded, invoices, draft, account)


def _invoice(work: Work, client_id: str, day: date, *, finalized: bool) -> Document:
    lines = (
        Line("Managed Server M", Decimal(3), Decimal("149.00"), None, Decimal(19)),
        Line("Handbuch", Decimal(2), Decimal("28.04"), None, Decimal(7)),
    )
    new = NewDocument(
        "invoice", Content(day, None, lines), client_id=client_id, finalized=finalized
    )
    return invoicing.create(work, new=new)


def _entries(today: date, invoices: tuple[Document, ...]) -> list[Entry]:
    first, second, _ = invoices
    return [
        Entry(
            first.totals.gross,
            today,
            counterparty_name="Deichgraf Maschinenbau GmbH",
            counterparty_iban="DE02100100100006820101",
            purpose=f"{first.number}",
        ),
        Entry(
            second.totals.gross,
            today,
            counterparty_name="Deichgraf Maschinenbau GmbH",
            purpose=f"Rechnung {second.number} danke",
        ),
        Entry(Money(-1490), today, counterparty_name="Hanse-Bank", purpose="Kontoführung"),
    ]
