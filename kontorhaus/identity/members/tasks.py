"""Jobs of members: the mail that tells of an invitation."""

from __future__ import annotations

from uuid import UUID

import structlog

from kontorhaus.identity import queries as identity
from kontorhaus.identity.members import queries
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import mail, secret
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin

_log = structlog.get_logger("kontorhaus.members")


@task("identity.mail_invitation")
def mail_invitation(resources: Resources, caller: Caller, *, user_id: str) -> None:
    """Tell a new member of it; whoever has no password yet gets a link, valid for seven days.

    The link stands nowhere else, so a second run makes another.
    """
    person = UserId(UUID(user_id))
    found = queries.address(resources.database, user_id=person)
    if found is None:
        return
    address, has_password = found
    with begin(resources.database, caller, read_only=True) as work:
        profile = identity.profile(work)
    link = f"{resources.config.public_url}/login"
    if not has_password:
        keys = secret.of(resources.config.home)
        token = sessions.invite(resources.database, secret=keys, user_id=person)
        link = f"{resources.config.public_url}/setup/{token}"
    words = Words(profile.language)
    letter = invitation_letter(
        words, address=address, organization=profile.shown_name, link=link, is_known=has_password
    )
    if not mail.send(resources, mail=letter, mail_id=uuid7()):
        _log.warning("invitation_not_mailed", user_id=user_id, instead="kontorhaus invite ADDRESS")


def invitation_letter(
    words: Words, *, address: str, organization: str, link: str, is_known: bool
) -> Mail:
    """What the person reads; one that is known signs in as ever."""
    if is_known:
        told = words.text(
            "You now belong to %(organization)s. Sign in as ever, with %(address)s:",
            organization=organization,
            address=address,
        )
    else:
        told = words.text(
            "%(organization)s invites you to work together. With this link you choose the "
            "password that you sign in with, beside %(address)s; the link works once and for "
            "seven days:",
            organization=organization,
            address=address,
        )
    unknown = words.text("If you do not know why you read this, do nothing.")
    subject = words.text("Invitation to %(organization)s", organization=organization)
    return Mail(address, subject, f"{told}\n\n{link}\n\n{unknown}\n")
