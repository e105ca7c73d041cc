"""The post of a company: what the server allows, in whose name mails go out, how many a day."""

from __future__ import annotations

from dataclasses import dataclass

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing.mailing import rules
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.kernel.errors import Denied, Invalid
from kontorhaus.runtime import counter, message, secret
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Work


@dataclass(frozen=True, slots=True)
class Post:
    """What the server allows: so many mails of a tenant a day.

    `own_domain` is the domain of its mails; None while it has no mail server. Customers find it
    under `public_url`; `secret` guards the links that lead them there.
    """

    daily_limit: int
    own_domain: str | None
    public_url: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name a company's mails go out, where answers go, and where copies."""

    name: str
    reply_to: str
    copy_to: str


def post(config: Config) -> Post:
    """What this server allows."""
    own_domain = message.domain(config.mail_from) if config.mail_from else None
    return Post(config.email_limit, own_domain, config.public_url, secret.of(config.home))


def sender(work: Work) -> Sender:
    """The company as a sender; Invalid("company_email") if answers could not reach it."""
    profile, paper = identity.profile(work), stationery.stationery(work)
    try:
        reply_to = message.address(paper.reply_to or profile.email)
    except Invalid as refusal:
        raise Invalid(
            "company_email",
            "Enter the e-mail address of the company first: answers go there.",
            field="company.contactInfo.email",
        ) from refusal
    return Sender(paper.sender_name or profile.shown_name, reply_to, paper.copy_to or reply_to)


def count(work: Work, *, post: Post) -> None:
    """One mail more of this day; what is taken back is not counted. Denied("email_quota")."""
    if counter.next_value(work, series=f"mail:{work.today}") > post.daily_limit:
        raise Denied(
            "email_quota",
            f"No more than {post.daily_limit} documents are sent by e-mail in a day.",
            retry_after_seconds=rules.seconds_until_tomorrow(work.now, work.caller.time_zone),
        )
