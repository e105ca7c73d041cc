"""The tables of customers' access; they are read before a tenant is known."""

from __future__ import annotations

from datetime import datetime

from kontorhaus.identity.customers.model import CustomerToken, Entrance, MailedAccess
from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.ids import AccessId, ApiKeyId, PartyId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Actor, Work

# --- tokens


def tokens(work: Work, *, party_id: PartyId) -> list[CustomerToken]:
    """The tokens of a customer that are not switched off, oldest first."""
    rows = work.connection.execute(
        "select id, name, prefix, created_at, expires_at, last_used_date from api_key"
        " where tenant_id = %(tenant)s and party_id = %(party)s and surface = 'portal'"
        " and is_enabled order by id",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchall()
    return [CustomerToken(*row) for row in rows]


def delete_token(work: Work, *, party_id: PartyId, key_id: ApiKeyId) -> str | None:
    """The name of the token that is gone now; None if the customer has none of that id."""
    row = work.connection.execute(
        "delete from api_key where tenant_id = %(tenant)s and party_id = %(party)s"
        " and surface = 'portal' and id = %(id)s returning name",
        {"tenant": work.tenant_id, "party": party_id, "id": key_id},
    ).fetchone()
    return row[0] if row else None


def delete_tokens(work: Work, *, party_id: PartyId) -> list[tuple[ApiKeyId, str]]:
    """Ids and names of the tokens of a customer, which are gone now."""
    return work.connection.execute(
        "delete from api_key where tenant_id = %(tenant)s and party_id = %(party)s"
        " and surface = 'portal' returning id, name",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchall()


# --- addresses and their links


def admit(work: Work, *, party_id: PartyId, address: str, expires_at: datetime) -> MailedAccess:
    """The access of an address to a customer, which it may have had before."""
    row = work.connection.execute(
        "insert into customer_access as a"
        " (id, tenant_id, party_id, address, created_at, expires_at)"
        " values (%(id)s, %(tenant)s, %(party)s, %(address)s, %(now)s, %(expires)s)"
        " on conflict (tenant_id, party_id, address)"
        " do update set expires_at = greatest(a.expires_at, excluded.expires_at)"
        " returning id, address, created_at, expires_at, last_used_at",
        {
            "id": work.new_id(),
            "tenant": work.tenant_id,
            "party": party_id,
            "address": address,
            "now": work.now,
            "expires": expires_at,
        },
    ).fetchone()
    assert row is not None, "the access was there or was made"
    return MailedAccess(*row)


def insert_link(
    work: Work, *, token_hash: bytes, access_id: AccessId, expires_at: datetime
) -> None:
    work.connection.execute(
        "insert into customer_link (token_hash, access_id, created_at, expires_at)"
        " values (%(hash)s, %(access)s, %(now)s, %(expires)s)",
        {"hash": token_hash, "access": access_id, "now": work.now, "expires": expires_at},
    )


def accesses(work: Work, *, party_id: PartyId) -> list[MailedAccess]:
    """The addresses that may enter for a customer, oldest first."""
    rows = work.connection.execute(
        "select a.id, a.address, a.created_at, a.expires_at, a.last_used_at from customer_access a"
        " where a.tenant_id = %(tenant)s and a.party_id = %(party)s order by a.id",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchall()
    return [MailedAccess(*row) for row in rows]


def delete_access(work: Work, *, party_id: PartyId, access_id: AccessId) -> str | None:
    """The address that may not enter any more; None if there was none of that id."""
    row = work.connection.execute(
        "delete from customer_access where tenant_id = %(tenant)s and party_id = %(party)s"
        " and id = %(id)s returning address",
        {"tenant": work.tenant_id, "party": party_id, "id": access_id},
    ).fetchone()
    return row[0] if row else None


def delete_accesses(work: Work, *, party_id: PartyId) -> list[tuple[AccessId, str]]:
    """Ids and addresses of those who may not enter for a customer any more."""
    return work.connection.execute(
        "delete from customer_access where tenant_id = %(tenant)s and party_id = %(party)s"
        " returning id, address",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchall()


def behind_link(connection: Connection, *, token_hash: bytes, now: datetime) -> Entrance | None:
    """Where a link leads that has not run out."""
    row = connection.execute(
        "select a.tenant_id, o.time_zone, a.party_id, a.id from customer_link l"
        " join customer_access a on a.id = l.access_id join tenant t on t.id = a.tenant_id"
        " join organization o on o.id = t.organization_id"
        " where l.token_hash = %(hash)s and l.expires_at > %(now)s and o.deleted_at is null",
        {"hash": token_hash, "now": now},
    ).fetchone()
    return Entrance(*row) if row else None


def of_address(connection: Connection, *, address: str) -> list[Entrance]:
    """Where an address may enter, the latest first."""
    rows = connection.execute(
        "select a.tenant_id, o.time_zone, a.party_id, a.id from customer_access a"
        " join tenant t on t.id = a.tenant_id join organization o on o.id = t.organization_id"
        " where a.address = %(address)s and o.deleted_at is null order by a.id desc",
        {"address": address},
    ).fetchall()
    return [Entrance(*row) for row in rows]


# --- sessions


def insert_session(
    work: Work, *, token_hash: bytes, entrance: Entrance, label: str, expires_at: datetime
) -> None:
    work.connection.execute(
        "insert into customer_session (id, token_hash, tenant_id, party_id, access_id, key_id,"
        " label, created_at, expires_at) values (%(id)s, %(hash)s, %(tenant)s, %(party)s,"
        " %(access)s, %(key)s, %(label)s, %(now)s, %(expires)s)",
        {
            "id": work.new_id(),
            "hash": token_hash,
            "tenant": work.tenant_id,
            "party": entrance.party_id,
            "access": entrance.access_id,
            "key": entrance.key_id,
            "label": label,
            "now": work.now,
            "expires": expires_at,
        },
    )
    work.connection.execute(
        "update customer_access set last_used_at = %(now)s where id = %(access)s",
        {"now": work.now, "access": entrance.access_id},
    )


def session_principal(
    connection: Connection, *, token_hash: bytes, scope: str, now: datetime
) -> Principal | None:
    """Which customer a running session stands for; a token's session ends with the token."""
    row = connection.execute(
        "select o.id, t.id, t.environment, coalesce(o.display_name, o.name), o.time_zone,"
        " s.id, s.label, s.party_id from customer_session s join tenant t on t.id = s.tenant_id"
        " join organization o on o.id = t.organization_id"
        " left join api_key k on k.id = s.key_id"
        " where o.deleted_at is null and s.token_hash = %(hash)s and s.expires_at > %(now)s"
        " and (s.key_id is null or k.is_enabled and role_in(o.id, k.created_by) is not null"
        " and (k.expires_at is null or k.expires_at > %(now)s))",
        {"hash": token_hash, "now": now},
    ).fetchone()
    if row is None:
        return None
    actor = Actor("customer", row[5], None, row[6], None, "portal", "dashboard")
    scopes = frozenset({scope})
    return Principal(
        row[0], row[1], row[2], row[3], row[4], scopes, "customer", actor, PartyId(row[7])
    )


def delete_session(work: Work, *, token_hash: bytes) -> None:
    work.connection.execute(
        "delete from customer_session where token_hash = %(hash)s", {"hash": token_hash}
    )


def purge(connection: Connection, *, now: datetime) -> None:
    """Delete the links and sessions that have run out."""
    connection.execute("delete from customer_session where expires_at <= %(now)s", {"now": now})
    connection.execute("delete from customer_link where expires_at <= %(now)s", {"now": now})
