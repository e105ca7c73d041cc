"""What the DATEV export reads: the events of some days, accounts and parties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from psycopg import capabilities

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.period import Period
from kontorhaus.reports.datev.model import (
    DocumentFile,
    JournalEvent,
    LinkedDocument,
    PersonalAccount,
)
from kontorhaus.runtime.work import Work

# Events that are fetched at a time.
_BLOCK = 1_000 if capabilities.has_stream_chunked() else 1


def general_accounts(work: Work) -> dict[str, bool]:
    """The general accounts, and whether each belongs to the chart."""
    rows = work.connection.execute(
        "select number, is_system from account"
        " where tenant_id = %(tenant)s and kind = 'general' order by number",
        {"tenant": work.tenant_id},
    )
    return dict(rows.fetchall())


def used_names(work: Work) -> list[tuple[str, str]]:
    """Number and name of the general accounts that were ever posted to, by number."""
    rows = work.connection.execute(
        "select a.number, a.name from account a where a.tenant_id = %(tenant)s"
        " and a.kind = 'general' and exists (select from account_year y"
        "  where y.tenant_id = %(tenant)s and y.kind = 'general' and y.account = a.number)"
        " order by a.number",
        {"tenant": work.tenant_id},
    )
    return [(number, name) for number, name in rows]


def nameless_accounts(work: Work) -> list[str]:
    """Personal accounts that belong to no party."""
    rows = work.connection.execute(
        "select a.number from account a where a.tenant_id = %(tenant)s and a.kind <> 'general'"
        " and not exists (select from party p where p.tenant_id = %(tenant)s"
        "  and a.number = p.customer_account)"
        " and not exists (select from party p where p.tenant_id = %(tenant)s"
        "  and a.number = p.vendor_account) order by a.number",
        {"tenant": work.tenant_id},
    )
    return [number for (number,) in rows]


_PARTIES = """
select a.number, a.kind, a.name, p.name, p.address1, p.address2, p.address3, p.country_code,
    p.zip, p.city, p.phone, p.email, p.contact_person, p.tax_id, p.client_number, p.vat_id,
    p.iban, p.bic
from account a left join (
    select customer_account as number, id from party
    where tenant_id = %(tenant)s and customer_account is not null
    union all
    select vendor_account, id from party
    where tenant_id = %(tenant)s and vendor_account is not null
) r on r.number = a.number
left join party p on p.tenant_id = %(tenant)s and p.id = r.id
where a.tenant_id = %(tenant)s and a.kind <> 'general' order by a.number
"""


def personal_accounts(work: Work) -> Iterator[PersonalAccount]:
    """The personal accounts with what is known of their parties, by number."""
    for row in work.connection.execute(_PARTIES, {"tenant": work.tenant_id}):
        yield PersonalAccount(row[0], row[1], row[2], _details(row[3:]) if row[3] else None)


def _details(row: tuple[str | None, ...]) -> PartyDetails:
    return PartyDetails(
        name=row[0] or "",
        address1=row[1],
        address2=row[2],
        address3=row[3],
        country_code=row[4],
        zip=row[5],
        city=row[6],
        phone=row[7],
        email=row[8],
        contact_person=row[9],
        tax_id=row[10],
        client_number=row[11],
        vat_id=row[12],
        iban=row[13],
        bic=row[14],
    )


# The number of the document: the booking's own, that of the item it opened, or that of the one item
# of the account which it settles. An item on a collective account belongs to a personal one. The
# document of an invoice written here is named as soon as its files are made.
_JOURNAL = """
select e.journal_number, e.booking_date, nullif(i.tax_date, e.booking_date), e.amount,
    concat_ws(' ', i.event_count, (i.reverses_intent_id is not null)::int, e.pair, e.line, e.kind,
        e.account_debit, e.account_credit, coalesce(c.personal_account, ''),
        coalesce(e.tax_side, ''), coalesce(e.tax_code, '')),
    i.description,
    coalesce(i.external_reference,
        (select min(o.reference) from open_item o
            where o.tenant_id = %(tenant)s and o.intent_id = e.intent_id),
        (select min(o.reference) from allocation l
            join open_item o on o.tenant_id = l.tenant_id and o.id = l.open_item_id
            where l.tenant_id = %(tenant)s and l.intent_id = e.intent_id
            and o.account in (e.account_debit, e.account_credit)
            having count(distinct o.reference) = 1)),
    coalesce(i.document_id, d.document_id)::text
from event e
join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id
    and i.booking_date between %(first)s and %(last)s
left join (
    select o.intent_id, o.account,
        case o.kind when 'receivable' then p.customer_account else p.vendor_account end
            as personal_account
    from account a
    join open_item o on o.tenant_id = a.tenant_id and o.account = a.number
    join party p on p.tenant_id = o.tenant_id and p.id = o.party_id
    where a.tenant_id = %(tenant)s and a.kind = 'general'
) c on c.intent_id = coalesce(i.reverses_intent_id, i.id)
    and c.account in (e.account_debit, e.account_credit)
left join (
    select v.intent_id, v.document_id from outgoing_invoice v
    where v.tenant_id = %(tenant)s and v.intent_id is not null and v.document_id in (
        select f.document_id from artefact f where f.tenant_id = %(tenant)s
    )
) d on d.intent_id = i.id
where e.tenant_id = %(tenant)s and e.booking_date between %(first)s and %(last)s
order by e.journal_number
"""


def journal(work: Work, *, first_day: date, last_day: date) -> Iterator[JournalEvent]:
    """The events of a range of days in the order of their numbers, streamed."""
    days = {"tenant": work.tenant_id, "first": first_day, "last": last_day}
    # a month is joined and sorted in memory by one process, beside the one that writes
    work.connection.execute(
        "set local work_mem = '64MB'; set local max_parallel_workers_per_gather = 0"
    )
    with work.connection.cursor() as cursor:
        # the server goes on while the rows before are written
        yield from map(JournalEvent._make, cursor.stream(_JOURNAL, days, size=_BLOCK, binary=True))


# Uploads that bookings name, and the files of the invoices that were written here.
_DOCUMENTS = """
select id, kind, day, sha256, size, name, ending from (
    select f.id, min(i.booking_date) as day, f.sha256, f.size, f.original_name as name,
        case f.media_type when 'application/pdf' then 'pdf' when 'image/jpeg' then 'jpg'
            when 'image/png' then 'png' else 'xml' end as ending,
        case
            when bool_or(exists (select from incoming_invoice n
                where n.tenant_id = i.tenant_id and n.intent_id = i.id)) then 'incoming'
            when bool_or(exists (select from outgoing_invoice v
                where v.tenant_id = i.tenant_id and v.intent_id = i.id)) then 'outgoing'
            else 'other'
        end as kind
    from intent i join file f on f.tenant_id = i.tenant_id and f.id = i.document_id
    where i.tenant_id = %(tenant)s and i.booking_date between %(first)s and %(last)s
    group by f.id, f.sha256, f.size, f.original_name, f.media_type
    union all
    select a.document_id, i.booking_date, a.sha256, a.size,
        v.invoice_number, case a.kind when 'xml' then 'xml' else 'pdf' end, 'outgoing'
    from intent i
    join outgoing_invoice v on v.tenant_id = i.tenant_id and v.intent_id = i.id
    join artefact a on a.tenant_id = v.tenant_id and a.document_id = v.document_id
    where i.tenant_id = %(tenant)s and i.booking_date between %(first)s and %(last)s
        and i.document_id is null
) as found order by day, id, ending
"""


def documents(work: Work, *, first_day: date, last_day: date) -> list[LinkedDocument]:
    """The documents that the bookings of some days name, by their first day."""
    rows = work.connection.execute(
        _DOCUMENTS, {"tenant": work.tenant_id, "first": first_day, "last": last_day}
    )
    return [
        LinkedDocument(str(id), kind, day, tuple(DocumentFile(*row[3:]) for row in files))
        for (id, kind, day), files in groupby(rows, key=itemgetter(0, 1, 2))
    ]


def period_states(work: Work) -> dict[Period, str]:
    """Every period that was posted to, and whether it is open, soft_locked or locked."""
    rows = work.connection.execute(
        "select period, state from period where tenant_id = %(tenant)s order by period",
        {"tenant": work.tenant_id},
    )
    return {Period(text): state for text, state in rows}
