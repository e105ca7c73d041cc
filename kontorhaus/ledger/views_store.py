"""The journal as people look at it: newest first, by intent, by account."""

from __future__ import annotations

from datetime import date

from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger.journal_store import EVENT, INTENT, INTENT_WIDTH, Row, event_of, intent_of
from kontorhaus.ledger.model import JournalEntry
from kontorhaus.runtime.work import Work


def journal(
    work: Work,
    *,
    account: str | None,
    first: date | None,
    last: date | None,
    search: str | None,
    external_reference: str | None,
    page: tuple[int, int],
) -> list[JournalEntry]:
    """Events newest first; `page` is limit and offset."""
    pattern = search and f"%{search.replace('%', '').replace('_', '')}%"
    rows = work.connection.execute(
        f"select {EVENT}, {INTENT}, d.name, c.name from event e"
        " join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id"
        " join account d on d.tenant_id = e.tenant_id and d.number = e.account_debit"
        " join account c on c.tenant_id = e.tenant_id and c.number = e.account_credit"
        " where e.tenant_id = %(tenant)s"
        " and (%(account)s::text is null or e.account_debit = %(account)s"
        "      or e.account_credit = %(account)s)"
        " and (%(first)s::date is null or e.booking_date >= %(first)s)"
        " and (%(last)s::date is null or e.booking_date <= %(last)s)"
        " and (%(reference)s::text is null or i.external_reference = %(reference)s)"
        " and (%(search)s::text is null or i.description ilike %(search)s"
        "      or e.account_debit like %(search)s or e.account_credit like %(search)s"
        "      or i.external_reference ilike %(search)s)"
        " order by e.journal_number desc limit %(limit)s offset %(offset)s",
        {
            "tenant": work.tenant_id,
            "account": account,
            "first": first,
            "last": last,
            "search": pattern,
            "reference": external_reference,
            "limit": page[0],
            "offset": page[1],
        },
    )
    return [_journal_entry(row) for row in rows]


def journal_of_intent(work: Work, *, intent_id: IntentId) -> list[JournalEntry]:
    """The events of an intent with the names of their accounts."""
    rows = work.connection.execute(
        f"select {EVENT}, {INTENT}, d.name, c.name from event e"
        " join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id"
        " join account d on d.tenant_id = e.tenant_id and d.number = e.account_debit"
        " join account c on c.tenant_id = e.tenant_id and c.number = e.account_credit"
        " where e.tenant_id = %(tenant)s and e.intent_id = %(intent)s order by e.journal_number",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [_journal_entry(row) for row in rows]


def account_entries(
    work: Work, *, account: str, first: date | None, last: date | None, limit: int
) -> tuple[Money, list[Row]]:
    """The balance of an account before `first`, and its events from there on, oldest first.

    A row is event id, intent id, journal number, day, text, contra account, its name, amount
    (debit positive), document id, external reference.
    """
    values = {
        "tenant": work.tenant_id,
        "account": account,
        "first": first,
        "last": last,
        "limit": limit,
    }
    before = work.connection.execute(
        "select coalesce(sum(case when account_debit = %(account)s then amount else -amount end),"
        " 0)::bigint from event where tenant_id = %(tenant)s and booking_date < %(first)s"
        " and (account_debit = %(account)s or account_credit = %(account)s)",
        values,
    ).fetchone()
    rows = work.connection.execute(
        "select e.id, e.intent_id, e.journal_number, e.booking_date, i.description, a.number,"
        " a.name, case when e.account_debit = %(account)s then e.amount else -e.amount end,"
        " i.document_id, i.external_reference from event e"
        " join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id"
        " join account a on a.tenant_id = e.tenant_id and a.number ="
        "  case when e.account_debit = %(account)s then e.account_credit else e.account_debit end"
        " where e.tenant_id = %(tenant)s"
        " and (e.account_debit = %(account)s or e.account_credit = %(account)s)"
        " and (%(first)s::date is null or e.booking_date >= %(first)s)"
        " and (%(last)s::date is null or e.booking_date <= %(last)s)"
        " order by e.booking_date, e.journal_number limit %(limit)s",
        values,
    ).fetchall()
    return Money(before[0] if before else 0), rows


def balance_on(work: Work, *, account: str, last: date | None) -> Money:
    """Debit less credit of an account up to and with a day."""
    row = work.connection.execute(
        "select coalesce(sum(case when account_debit = %(account)s then amount else -amount end),"
        " 0)::bigint from event where tenant_id = %(tenant)s"
        " and (account_debit = %(account)s or account_credit = %(account)s)"
        " and (%(last)s::date is null or booking_date <= %(last)s)",
        {"tenant": work.tenant_id, "account": account, "last": last},
    ).fetchone()
    return Money(row[0] if row else 0)


def _journal_entry(row: Row) -> JournalEntry:
    names = len(row) - 2
    return JournalEntry(
        intent_of(row[names - INTENT_WIDTH : names]), event_of(row), row[names], row[names + 1]
    )
