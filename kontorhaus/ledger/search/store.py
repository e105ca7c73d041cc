"""The digests of the journal's blocks, and the events of those that can hold a text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kontorhaus.ledger.model import JournalQuestion, Place
from kontorhaus.ledger.search import rules
from kontorhaus.ledger.views_store import BETWEEN, MATCHES, ordered, pattern, place_values
from kontorhaus.runtime.work import Work

_SHOWN = "e.booking_date, e.journal_number, e.intent_id, e.account_debit, e.account_credit"


def count(work: Work) -> int:
    """How many blocks have a digest; they are the first ones."""
    row = work.connection.execute(
        "select coalesce(max(block) + 1, 0) from journal_digest where tenant_id = %(tenant)s",
        {"tenant": work.tenant_id},
    ).fetchone()
    return int(row[0]) if row else 0


def texts(work: Work, *, first: int, last: int) -> set[str]:
    """In lower case all that a search looks at in these journal numbers."""
    rows = work.connection.execute(
        "select e.account_debit, e.account_credit, lower(i.description),"
        " coalesce(lower(i.external_reference collate \"default\"), '') from event e join intent i"
        " on i.tenant_id = e.tenant_id and i.id = e.intent_id"
        " where e.tenant_id = %(tenant)s and e.journal_number between %(first)s and %(last)s",
        {"tenant": work.tenant_id, "first": first, "last": last},
    )
    return {text for row in rows for text in row}


def insert(work: Work, *, block: int, digest: bytes) -> None:
    """Keep the digest of a block."""
    work.connection.execute(
        "insert into journal_digest (tenant_id, block, bits)"
        " values (%(tenant)s, %(block)s, %(digest)s) on conflict (tenant_id, block) do nothing",
        {"tenant": work.tenant_id, "block": block, "digest": digest},
    )


def lower(work: Work, *, text: str) -> str:
    """A text in lower case, as the database writes it."""
    row = work.connection.execute("select lower(%(text)s)", {"text": text}).fetchone()
    return str(row[0]) if row else ""


def blocks_with(work: Work, *, bits: Collection[int]) -> list[int]:
    """The blocks whose digest has all of these bits."""
    has_all = " and ".join(f"get_bit(bits, {bit:d}) = 1" for bit in sorted(bits))
    rows = work.connection.execute(
        f"select block from journal_digest where tenant_id = %(tenant)s and {has_all}",
        {"tenant": work.tenant_id},
        prepare=False,
    )
    return [block for (block,) in rows]


def places(
    work: Work,
    *,
    question: JournalQuestion,
    high: Place,
    window: int,
    limit: int,
    blocks: Sequence[int] | None = None,
) -> tuple[list[Place], Place | None]:
    """Places that match a search among the next `window` events from `high` towards the past.

    The second value is the first place that was not looked at; None at the end of the journal.
    The texts are read only of the events in `blocks` of the journal, if these are known.
    """
    looked_at = ordered(_SHOWN, account=question.account, descending=True, limit=window + 1)
    in_blocks = f" and (e.journal_number - 1) / {rules.BLOCK_EVENTS:d} = any(%(blocks)s::bigint[])"
    rows = work.connection.execute(
        f"with looked_at as materialized ({looked_at}), last as (select booking_date,"
        f" journal_number from looked_at order by booking_date desc, journal_number desc"
        f" limit 1 offset {window:d})"
        " (select e.booking_date, e.journal_number, true from looked_at e join intent i"
        f" on i.tenant_id = %(tenant)s and i.id = e.intent_id where {MATCHES}"
        f"{'' if blocks is None else in_blocks}"
        " and (e.booking_date, e.journal_number) > (select coalesce(max(booking_date),"
        " '-infinity'), coalesce(max(journal_number), 0) from last)"
        f" order by e.booking_date desc, e.journal_number desc limit {limit:d})"
        " union all select booking_date, journal_number, false from last",
        place_values(
            work,
            question.span[0],
            high,
            account=question.account,
            pattern=pattern(question.search),
            blocks=blocks,
        ),
        prepare=False,
    ).fetchall()
    matches = [Place(row[0], row[1]) for row in rows if row[2]]
    following = [Place(row[0], row[1]) for row in rows if not row[2]]
    return matches, following[0] if following else None


def places_of(
    work: Work, *, question: JournalQuestion, high: Place, blocks: Sequence[int], limit: int
) -> list[Place]:
    """Places that match a search, from `high` towards the past, in some blocks of the journal."""
    numbers = [rules.numbers(block) for block in blocks]
    # the inner limit takes nothing away: it tells the planner how few events there are
    rows = work.connection.execute(
        "select e.booking_date, e.journal_number"
        " from unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) as r (first, last)"
        " cross join lateral (select e.booking_date, e.journal_number, e.intent_id,"
        " e.account_debit, e.account_credit from event e where e.tenant_id = %(tenant)s"
        f" and e.journal_number between r.first and r.last limit {rules.BLOCK_EVENTS:d}) e"
        " join intent i on i.tenant_id = %(tenant)s and i.id = e.intent_id"
        f" where {MATCHES}{BETWEEN}"
        " and (%(account)s::text is null or %(account)s in (e.account_debit, e.account_credit))"
        f" order by e.booking_date desc, e.journal_number desc limit {limit:d}",
        place_values(
            work,
            question.span[0],
            high,
            account=question.account,
            pattern=pattern(question.search),
            firsts=[first for first, _ in numbers],
            lasts=[last for _, last in numbers],
        ),
        prepare=False,
    )
    return [Place(*row) for row in rows]
