"""What the scopes of an app mean, in plain words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kontorhaus.surfaces.web.language import Language


@dataclass(frozen=True)
class Permission:
    """One scope in words: its picture, what the app may do, and what that takes in."""

    scope: str
    icon: str
    title: str
    note: str


def permissions(spoken: Language, scopes: Collection[str]) -> tuple[Permission, ...]:
    """The scopes in words, in the order of the house."""
    return tuple(found for found in everything(spoken) if found.scope in scopes)


def everything(spoken: Language) -> tuple[Permission, ...]:
    """Whatever an app may ask for."""
    return (*_of_billing(spoken), *_of_books(spoken), *_of_settings(spoken))


def closed(spoken: Language, scopes: Collection[str]) -> str:
    """The rooms that stay closed to an app, as a list in words."""
    rooms = (
        (("documents:",), spoken.text("invoices")),
        (("contacts:", "debitoren:", "kreditoren:"), spoken.text("contacts")),
        (("bank:",), spoken.text("bank")),
        (("journal:", "perioden:", "auswertungen:"), spoken.text("journal")),
        (("config:", "company:"), spoken.text("settings")),
    )
    return ", ".join(
        name for prefixes, name in rooms if not any(scope.startswith(prefixes) for scope in scopes)
    )


def _of_billing(spoken: Language) -> tuple[Permission, ...]:
    text = spoken.text
    return (
        Permission("documents:read", "out", text("Read invoices"),
                   text("with amounts, customers and PDF")),
        Permission("documents:write", "pen", text("Write invoices and make them final"),
                   text("this books in the journal too")),
        Permission("email:send", "mail", text("Send e-mail"),
                   text("invoices to your customers, in the name of the company")),
        Permission("contacts:read", "people", text("Read contacts"),
                   text("names, addresses, e-mail")),
        Permission("contacts:write", "people", text("Add and change contacts"),
                   text("names, addresses, e-mail")),
        Permission("access_invoices", "mail", text("Let customers see their invoices"),
                   text("tokens and links to the customers' portal")),
        Permission("products:read", "card", text("Read products"), text("names and prices")),
        Permission("products:write", "card", text("Add and change products"),
                   text("names and prices")),
    )  # fmt: skip


def _of_books(spoken: Language) -> tuple[Permission, ...]:
    text = spoken.text
    return (
        Permission("journal:read", "book", text("Read the journal"),
                   text("bookings, accounts and balances")),
        Permission("journal:write", "book", text("Book in the journal"),
                   text("new bookings and reversals")),
        Permission("bank:read", "bank", text("Read bank accounts"),
                   text("statements and payments")),
        Permission("bank:write", "bank", text("Work on bank accounts"),
                   text("import statements, match payments")),
        Permission("debitoren:read", "people", text("Read customers and what they owe"), ""),
        Permission("debitoren:write", "people", text("Change customers and what they owe"), ""),
        Permission("kreditoren:read", "file", text("Read vendors and what is owed to them"), ""),
        Permission("kreditoren:write", "file", text("Change vendors and what is owed to them"),
                   text("payment runs too")),
        Permission("perioden:read", "lock", text("See which months are closed"), ""),
        Permission("perioden:write", "lock", text("Close and open months"), ""),
        Permission("auswertungen:read", "chart", text("Read reports"),
                   text("profit and loss, balance sheet, VAT")),
        Permission("auswertungen:write", "chart", text("Prepare reports and exports"), ""),
        Permission("audit:read", "chain", text("Read who did what"), text("the audit trail")),
    )  # fmt: skip


def _of_settings(spoken: Language) -> tuple[Permission, ...]:
    text = spoken.text
    return (
        Permission("company:read", "gear", text("Read what the company says of itself"),
                   text("name, address, bank account")),
        Permission("company:write", "gear", text("Change what the company says of itself"),
                   text("name, address, bank account")),
        Permission("config:read", "gear", text("Read how the books are kept"), ""),
        Permission("config:write", "gear", text("Change how the books are kept"), ""),
    )  # fmt: skip
