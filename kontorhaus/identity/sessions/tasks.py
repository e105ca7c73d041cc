"""Jobs of logins: the mail with the link for a forgotten password."""

from __future__ import annotations

from uuid import UUID

import structlog

from kontorhaus.identity import queries as identity
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import mail, secret
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin

_log = structlog.get_logger("kontorhaus.sessions")


@task("identity.mail_password_link")
def mail_password_link(resources: Resources, caller: Caller, *, user_id: str) -> None:
    """Make a link and mail it; the link stands nowhere else, so a second run makes another."""
    address = sessions.email_of(resources.database, user_id=UserId(UUID(user_id)))
    if address is None:
        return
    with begin(resources.database, caller, read_only=True) as work:
        words = Words(identity.profile(work).language)
    keys = secret.of(resources.config.home)
    made = sessions.reset_link(resources.database, secret=keys, email=address)
    assert made is not None, "whoever has an address can be sent a link"
    link = f"{resources.config.public_url}/setup/{made[1]}"
    letter = password_letter(words, address=address, link=link)
    if not mail.send(resources, mail=letter, mail_id=uuid7()):
        _log.warning("link_not_mailed", user_id=user_id, instead="kontorhaus invite ADDRESS")


def password_letter(words: Words, *, address: str, link: str) -> Mail:
    """What the person reads."""
    paragraphs = (
        words.text(
            "Somebody asked for a new password for %(address)s. With this link you choose it; the "
            "link works once and for one hour:",
            address=address,
        ),
        link,
        words.text("If it was not you, do nothing: your password stays as it is."),
    )
    return Mail(address, words.text("Your new password"), "\n\n".join(paragraphs) + "\n")
