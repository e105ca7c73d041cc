"""What a one-time link does: found the first company with its owner, or set a password."""

from __future__ import annotations

from kontorhaus.identity.model import NewOwner, Profile, TenantSettings
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.ledger import founding
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources


def use_link(
    resources: Resources, token: str, company: str, chart: str, owner: NewOwner, client: str
) -> None:
    """Use the link up; Invalid names the field that is wrong, or says that the link is used.

    `company`, `chart` and the names of the owner count for the first owner only; `client` is the
    network address. Denied("too_many_attempts").
    """
    database, keys = resources.database, secret.of(resources.config.home)
    if not sessions.is_first_link(database, secret=keys, token=token):
        sessions.setup_password(
            database, secret=keys, token=token, password=owner.password, client=client
        )
        return
    founding.set_up(
        database, secret=keys, token=token, profile=Profile(name=company.strip()),
        settings=TenantSettings(chart=chart), owner=owner,
        document_quota=resources.config.document_quota,
    )  # fmt: skip
