"""What others ask identity for."""

from __future__ import annotations

from datetime import datetime

from kontorhaus.identity import store
from kontorhaus.identity.model import ApiKey, Profile, TenantRow, TenantSettings, User
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Work


def profile(work: Work) -> Profile:
    """The profile of the caller's organization."""
    return store.profile(work)


def settings(work: Work) -> TenantSettings:
    """The settings of the caller's tenant."""
    return store.settings(work)


def document_quota(work: Work) -> int | None:
    """How many documents a month each tenant of the organization may make; None: no limit."""
    return store.document_quota(work)


def founded_at(work: Work) -> datetime:
    """When the tenant at hand was made."""
    return store.founded_at(work)


def environment(work: Work) -> str:
    """TEST or LIVE."""
    return store.environment(work)[1]


def users(work: Work) -> list[User]:
    """The members of the caller's organization, by address."""
    return store.users(work)


def user(work: Work, *, user_id: UserId) -> User:
    """A member of the caller's organization; NotFound("user")."""
    for member in store.users(work):
        if member.id == user_id:
            return member
    raise NotFound("user", "There is no such person.")


def api_keys(work: Work) -> list[ApiKey]:
    """The keys of the caller's tenant, oldest first; never their tokens."""
    return store.keys(work)


def tenants(database: Database) -> list[TenantRow]:
    """Every tenant of this server, for commands that walk over all of them."""
    with database.connection() as connection:
        return store.tenants(connection)
