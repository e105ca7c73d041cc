"""The journal as people look at it: newest first, by intent, by account."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.journal_store import EVENT, INTENT, INTENT_WIDTH, Row, event_of, intent_of
from kontorhaus.ledger.model import JournalEntry, JournalQuestion, Place
from kontorhaus.runtime import patterns
from kontorhaus.runtime.work import Work

MATCHES = (
    '(i.description ilike %(pattern)s or i.external_reference collate "default" ilike %(pattern)s'
    " or e.account_debit like %(pattern)s or e.account_credit like %(pattern)s)"
)
_OPENED = (
    f"select {EVENT}, {INTENT}, d.name, c.name from event e"
    " join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id"
    " join account d on d.tenant_id = e.tenant_id and d.number = e.account_debit"
    " join account c on c.tenant_id = e.tenant_id and c.number = e.account_credit"
    " where e.tenant_id = %(tenant)s"
)
BETWEEN = (
    " and (e.booking_date, e.journal_number) >= (%(low_day)s, %(low)s)"
    " and (e.booking_date, e.journal_number) <= (%(high_day)s, %(high)s)"
)


def place_values(work: Work, low: Place, high: Place, **more: object) -> dict[str, object]:
    """The arguments of a statement that reads from one place to another, as BETWEEN names them."""
    return {
        "tenant": work.tenant_id,
        "low_day": low.booking_date,
        "low": low.journal_number,
        "high_day": high.booking_date,
        "high": high.journal_number,
        **more,
    }


def ordered(columns: str, *, account: str | None, descending: bool, limit: int) -> str:
    """The first events between two places; of one account by its two indexes, no other."""
    order = " order by e.booking_date {0}, e.journal_number {0} limit {1:d}".format(
        "desc" if descending else "asc", limit
    )
    sides = ("account_debit", "account_credit") if account else ("",)
    branches = [
        f"(select {columns} from event e where e.tenant_id = %(tenant)s"
        + (f" and e.{side} = %(account)s" if side else "")
        + BETWEEN
        + order
        + ")"
        for side in sides
    ]
    names = columns.replace("e.", "")
    return f"select {names} from ({' union all '.join(branches)}) e{order}"


def places(
    work: Work, *, question: JournalQuestion, high: Place, limit: int, offset: int
) -> list[Place]:
    """Places of events from `high` on towards the past; `search` and reference are not asked."""
    found = ordered(
        "e.booking_date, e.journal_number",
        account=question.account,
        descending=True,
        limit=offset + limit,
    )
    rows = work.connection.execute(
        f"{found} offset {offset:d}",
        place_values(work, question.span[0], high, account=question.account),
        prepare=False,
    )
    return [Place(*row) for row in rows]


def places_of_reference(
    work: Work, *, question: JournalQuestion, high: Place, limit: int, offset: int
) -> list[Place]:
    """As `places`, for the intents with one external reference."""
    rows = work.connection.execute(
        "select e.booking_date, e.journal_number from intent i"
        " join event e on e.tenant_id = i.tenant_id and e.intent_id = i.id"
        f" where i.tenant_id = %(tenant)s and i.external_reference = %(reference)s{BETWEEN}"
        " and (%(account)s::text is null or %(account)s in (e.account_debit, e.account_credit))"
        f" and (%(pattern)s::text is null or {MATCHES})"
        f" order by e.booking_date desc, e.journal_number desc limit {limit:d} offset {offset:d}",
        place_values(
            work,
            question.span[0],
            high,
            account=question.account,
            reference=question.external_reference,
            pattern=pattern(question.search),
        ),
        prepare=False,
    )
    return [Place(*row) for row in rows]


def pattern(search: str | None) -> str | None:
    """The pattern that MATCHES asks for."""
    return patterns.containing(search) if search else None


def entries_at(work: Work, *, places: Sequence[Place]) -> list[JournalEntry]:
    """The events at these places with their intents and the names of their accounts."""
    rows = work.connection.execute(
        f"{_OPENED} and e.journal_number = any(%(numbers)s)"
        " order by e.booking_date desc, e.journal_number desc",
        {"tenant": work.tenant_id, "numbers": [place.journal_number for place in places]},
    )
    return [_journal_entry(row) for row in rows]


def latest(work: Work, *, limit: int) -> list[JournalEntry]:
    """The events written last, whatever their day."""
    rows = work.connection.execute(
        f"{_OPENED} order by e.journal_number desc limit %(limit)s",
        {"tenant": work.tenant_id, "limit": limit},
    )
    return [_journal_entry(row) for row in rows]


def journal_of_intent(work: Work, *, intent_id: IntentId) -> list[JournalEntry]:
    """The events of an intent with the names of their accounts."""
    rows = work.connection.execute(
        f"{_OPENED} and e.intent_id = %(intent)s order by e.journal_number",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [_journal_entry(row) for row in rows]


def account_entries(work: Work, *, account: str, low: Place, high: Place, limit: int) -> list[Row]:
    """The events of an account between two places (both inclusive), oldest first.

    A row is event id, intent id, journal number, day, text, contra account, its name, amount
    (debit positive), document id, external reference.
    """
    found = ordered(
        "e.booking_date, e.journal_number", account=account, descending=False, limit=limit
    )
    return work.connection.execute(
        "select e.id, e.intent_id, e.journal_number, e.booking_date, i.description, a.number,"
        " a.name, case when e.account_debit = %(account)s then e.amount else -e.amount end,"
        f" i.document_id, i.external_reference from ({found}) f"
        " join event e on e.tenant_id = %(tenant)s and e.journal_number = f.journal_number"
        " join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id"
        " join account a on a.tenant_id = e.tenant_id and a.number ="
        "  case when e.account_debit = %(account)s then e.account_credit else e.account_debit end"
        " order by f.booking_date, f.journal_number",
        place_values(work, low, high, account=account),
        prepare=False,
    ).fetchall()


def period_nets(work: Work, *, account: str) -> list[tuple[Period, Money]]:
    """Debit less credit of an account in each of its periods."""
    rows = work.connection.execute(
        "select period, debit - credit from account_balance"
        " where tenant_id = %(tenant)s and account = %(account)s",
        {"tenant": work.tenant_id, "account": account},
    )
    return [(Period(row[0]), Money(row[1])) for row in rows]


def moved(work: Work, *, account: str, low: Place, high: Place) -> Money:
    """Debit less credit of an account's events between two places (both inclusive)."""
    row = work.connection.execute(
        "select (select coalesce(sum(e.amount), 0) from event e"
        f" where e.tenant_id = %(tenant)s and e.account_debit = %(account)s{BETWEEN})"
        " - (select coalesce(sum(e.amount), 0) from event e"
        f" where e.tenant_id = %(tenant)s and e.account_credit = %(account)s{BETWEEN})",
        place_values(work, low, high, account=account),
        prepare=False,
    ).fetchone()
    return Money(int(row[0]) if row else 0)


def _journal_entry(row: Row) -> JournalEntry:
    names = len(row) - 2
    return JournalEntry(
        intent_of(row[names - INTENT_WIDTH : names]), event_of(row), row[names], row[names + 1]
    )
