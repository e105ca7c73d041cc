"""The mails of all tenants on this server that wait."""

from __future__ import annotations

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict
from kontorhaus.runtime import mail
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import OPERATOR, Caller, begin


def check_server(config: Config) -> None:
    """Conflict("no_mail_server") where none is set up."""
    if not config.smtp_url:
        raise Conflict("no_mail_server", "Set KONTORHAUS_SMTP_URL and KONTORHAUS_MAIL_FROM first.")


def take_up(resources: Resources) -> int:
    """Have every mail that waits sent by the worker; how many there are."""
    count = 0
    for tenant in identity.tenants(resources.database):
        caller = Caller(tenant.tenant_id, OPERATOR, tenant.time_zone)
        with begin(resources.database, caller) as work:
            count += mail.take_up(work)
    return count
