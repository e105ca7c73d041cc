"""What a one-time link does: found the first company with its owner, or set a password."""

from __future__ import annotations

from kontorhaus.identity.model import NewOwner, Profile, TenantSettings
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.ledger import founding
from kontorhaus.surfaces.web import auth
from kontorhaus.surfaces.web.auth import Guest


def use_link(guest: Guest, token: str, company: str, chart: str, owner: NewOwner) -> str:
    """Use the link up; Invalid names the field that is wrong, or says that the link is used.

    The result is by what the browser is known from now on. `company`, `chart` and the names of the
    owner count for the first owner only. Denied("too_many_attempts").
    """
    resources, visitor = guest.resources, guest.visitor
    database, keys = resources.database, auth.secret_of(resources)
    if not sessions.is_first_link(database, secret=keys, token=token):
        return sessions.setup_password(
            database, secret=keys, token=token, password=owner.password, visitor=visitor
        )
    founding.set_up(
        database, secret=keys, token=token, profile=Profile(name=company.strip()),
        settings=TenantSettings(chart=chart), owner=owner,
        document_quota=resources.config.document_quota,
    )  # fmt: skip
    return visitor.device
