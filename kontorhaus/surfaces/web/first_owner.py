"""What a one-time link does: found the first company with its owner, or set a password."""

from __future__ import annotations

from kontorhaus.identity.model import Profile, TenantSettings
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.ledger import founding
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources


def use_link(
    resources: Resources, token: str, company: str, chart: str, email: str, password: str
) -> None:
    """Use the link up; Invalid names the field that is wrong, or says that the link is used.

    `company` and `chart` count for the first owner only.
    """
    database, keys = resources.database, secret.of(resources.config.home)
    if not sessions.is_first_link(database, secret=keys, token=token):
        sessions.setup_password(database, secret=keys, token=token, password=password)
        return
    founding.set_up(
        database, secret=keys, token=token, profile=Profile(name=company.strip()),
        settings=TenantSettings(chart=chart), email=email, password=password,
    )  # fmt: skip
