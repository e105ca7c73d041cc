"""SQL of the demo: finding it, and taking every row of its organizations out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql

from kontorhaus.kernel.ids import OrganizationId, TenantId, UserId
from kontorhaus.runtime.database import OWNER_ROLE, Database, prepare, type_of_connection
from kontorhaus.runtime.work import Work

_LOCK = 4713_2045  # any number that nothing else locks


def organization_of(database: Database, *, email: str) -> tuple[OrganizationId, UserId] | None:
    """The organization that a person owns, and the person."""
    with database.connection() as connection:
        row = connection.execute(
            "select m.organization_id, u.id from app_user u join membership m on m.user_id = u.id"
            " where u.email = %(email)s and m.role = 'owner' order by m.created_at limit 1",
            {"email": email},
        ).fetchone()
    return (OrganizationId(row[0]), UserId(row[1])) if row else None


def live_tenant(database: Database, *, organization_id: OrganizationId) -> TenantId:
    """The LIVE tenant of an organization."""
    with database.connection() as connection:
        row = connection.execute(
            "select id from tenant where organization_id = %(organization)s"
            " and environment = 'LIVE'",
            {"organization": organization_id},
        ).fetchone()
    assert row is not None, "every organization has both tenants"
    return TenantId(row[0])


def was_recorded(work: Work, *, action: str) -> bool:
    """Whether the audit trail of the tenant holds an action."""
    row = work.connection.execute(
        "select 1 from audit where tenant_id = %(tenant)s and action = %(action)s limit 1",
        {"tenant": work.tenant_id, "action": action},
    ).fetchone()
    return row is not None


@contextmanager
def lock(database: Database) -> Iterator[bool]:
    """Whether this process alone loads or removes the demo, as long as the block runs."""
    with database.connection() as connection:
        row = connection.execute("select pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        held = bool(row and row[0])
        try:
            yield held
        finally:
            if held:
                connection.execute("select pg_advisory_unlock(%s)", (_LOCK,))


def delete_organizations(conninfo: str, *, emails: Sequence[str]) -> int:
    """Delete the organizations that these people own, with all rows of all tables.

    Needs the owner's connection: the program itself may not delete from the books. Returns how
    many organizations there were.
    """
    with psycopg.connect(conninfo) as connection:
        prepare(connection, OWNER_ROLE)
        people = connection.execute(
            "select id from app_user where email = any(%(emails)s) order by id",
            {"emails": list(emails)},
        ).fetchall()
        organizations = connection.execute(
            "select distinct organization_id from membership where user_id = any(%(people)s)"
            " and role = 'owner' order by organization_id",
            {"people": [row[0] for row in people]},
        ).fetchall()
        for (organization_id,) in organizations:
            _delete(connection, OrganizationId(organization_id))
        connection.execute(
            "delete from app_user u where id = any(%(people)s)"
            " and not exists (select 1 from membership m where m.user_id = u.id)",
            {"people": [row[0] for row in people]},
        )
    return len(organizations)


def _delete(connection: type_of_connection, organization_id: OrganizationId) -> None:
    """Those that it manages go first."""
    managed = connection.execute(
        "select id from organization where managed_by = %(organization)s order by id",
        {"organization": organization_id},
    ).fetchall()
    for (managed_id,) in managed:
        _delete(connection, OrganizationId(managed_id))
    tenants = connection.execute(
        "select id from tenant where organization_id = %(organization)s order by id",
        {"organization": organization_id},
    ).fetchall()
    tables = _tables(connection)
    guarded = _guarded(connection)
    for table in guarded:
        _guard(connection, table, "disable")
    for (tenant_id,) in tenants:
        _delete_tenant(connection, TenantId(tenant_id), tables)
    for table in guarded:
        _guard(connection, table, "enable")
    connection.execute(
        "delete from tenant where organization_id = %(organization)s",
        {"organization": organization_id},
    )
    for statement in (
        "delete from billing_address where organization_id = %(organization)s",
        "update organization set bill_to = null where bill_to = %(organization)s",
        "delete from organization where id = %(organization)s",
    ):
        connection.execute(statement.encode(), {"organization": organization_id})


def _delete_tenant(
    connection: type_of_connection, tenant_id: TenantId, tables: Sequence[str]
) -> None:
    connection.execute(
        sql.SQL("set local kontorhaus.tenant_id = {}").format(sql.Literal(str(tenant_id)))
    )
    for table in tables:
        connection.execute(
            sql.SQL("delete from {} where tenant_id = %(tenant)s").format(sql.Identifier(table)),
            {"tenant": tenant_id},
        )
    connection.execute(
        "delete from procrastinate_jobs where args ->> 'tenant_id' = %(tenant)s",
        {"tenant": str(tenant_id)},
    )


def _tables(connection: type_of_connection) -> list[str]:
    """All tables with a tenant, those first that others do not refer to."""
    references: dict[str, set[str]] = {
        table: set()
        for (table,) in connection.execute(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'"
            " and a.attname = 'tenant_id' and not a.attisdropped order by c.relname"
        )
    }
    pairs = connection.execute(
        "select f.conrelid::regclass::text, f.confrelid::regclass::text from pg_constraint f"
        " where f.contype = 'f' and f.connamespace = current_schema()::regnamespace"
        " and f.conrelid <> f.confrelid order by 1, 2"
    )
    for table, referred in pairs:
        if table in references and referred in references:
            references[referred].add(table)
    return list(TopologicalSorter(references).static_order())


def _guarded(connection: type_of_connection) -> list[str]:
    """The tables whose own triggers keep rows from being deleted."""
    rows = connection.execute(
        "select distinct c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
        " where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace"
        " and c.relname not like 'procrastinate%%' order by c.relname"
    )
    return [table for (table,) in rows]


def _guard(connection: type_of_connection, table: str, state: str) -> None:
    connection.execute(
        sql.SQL("alter table {} {} trigger user").format(sql.Identifier(table), sql.SQL(state))
    )
