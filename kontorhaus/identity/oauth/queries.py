"""What others ask about third-party apps."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from kontorhaus.identity import rules as identity
from kontorhaus.identity.oauth import store
from kontorhaus.identity.oauth.model import App, ConnectedApp
from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work


def apps(work: Work) -> list[App]:
    """The apps that the tenant at hand registered, oldest first."""
    return store.apps(work)


def app(work: Work, *, client_id: str) -> App:
    """One of them; NotFound("app")."""
    found = store.app(work, client_id=client_id)
    if found is None:
        raise NotFound("app", "There is no such app.")
    return found


def connected(work: Work, *, principal: Principal) -> list[ConnectedApp]:
    """The apps with access to the tenant: administrators see all, others what they allowed."""
    sees_all = principal.may(identity.ADMIN)
    rows = [
        row for row in store.connected(work) if sees_all or row.user_id == principal.actor.user_id
    ]
    return [
        _together(list(same))
        for _, same in groupby(rows, key=lambda row: (row.name, row.app_id, row.user_id))
    ]


def _together(rows: list[ConnectedApp]) -> ConnectedApp:
    """What one person allowed one app, once or several times."""
    uses = [row.last_used_at for row in rows if row.last_used_at is not None]
    return replace(
        rows[0],
        scopes=frozenset().union(*(row.scopes for row in rows)),
        last_used_at=max(uses, default=None),
    )
