"""Messages of people to whoever runs the server."""

from __future__ import annotations

from dataclasses import dataclass

from kontorhaus.identity import queries as identity
from kontorhaus.identity.sessions import throttle
from kontorhaus.runtime import mail
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Work


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody has to say, and where an answer goes."""

    name: str
    email: str
    text: str


def write(work: Work, *, secret: Secret, message: Message) -> None:
    """Mail a message to the operator; Denied("too_many_attempts") after five in an hour."""
    who = str(work.actor.user_id or work.actor.id)
    throttle.count(work.connection, secret=secret, limit=throttle.MESSAGES, who=who, now=work.now)
    profile = identity.profile(work)
    words = Words(profile.language)
    sender = words.text(
        "%(name)s <%(email)s> of %(organization)s writes:",
        name=message.name,
        email=message.email,
        organization=profile.shown_name,
    )
    subject = words.text("Message from %(name)s", name=message.name)
    body = f"{sender}\n\n{message.text}\n"
    mail.enqueue(work, mail=Mail(None, subject, body, reply_to=message.email))
    work.record("identity.operator_written_to", subject="organization", subject_id=work.tenant_id)
