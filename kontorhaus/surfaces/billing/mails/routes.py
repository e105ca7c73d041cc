"""Sending documents by e-mail, and what became of the mails."""

from __future__ import annotations

from kontorhaus.identity.customers import rules as access
from kontorhaus.invoicing.mailing import actions as mailing
from kontorhaus.invoicing.mailing import enclosures, portal_link, queries
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.mails import wire
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.call import Call

_TAGS = ("documents",)


@billing.post(
    "/documents/{id}/email",
    scope="email:send",
    refusals=(400, 401, 403, 404, 413, 429),
    answer=wire.Email,
    statuses={"email_quota": 429},
    tags=_TAGS,
)
def email_document(call: Call, id: str, body: wire.EmailInput) -> Reply:
    """Send a document by e-mail, its PDF attached; of an XRechnung the XML and a readable PDF.

    It goes out after the answer. It marks the document as sent unless it was before or is
    cancelled. Answers of the recipient go to the company's address, and so does a copy with
    `sendCopy`. A `{portal_link}` in the message becomes the customer's own link to its invoices;
    that needs the scope access_invoices. 429 ends at midnight where the company is.
    """
    if portal_link.PLACE in body.message:
        call.principal.require(access.SCOPE)
    enclosed = enclosures.collect(call.resources, call.caller, public_id=id)
    post = posts.post(call.resources.config)
    return call.write(
        lambda work: wire.sent(
            mailing.send(
                work, public_id=id, letter=wire.letter(body), enclosures=enclosed, post=post
            ),
            post,
        )
    )


billing.post(
    "/documents/{id}/send",
    scope="email:send",
    statuses={"email_quota": 429},
    hidden=True,
)(email_document)


@billing.get(
    "/documents/{id}/emails",
    scope="documents:read",
    refusals=(401, 403, 404),
    answer=wire.Emails,
    tags=_TAGS,
)
def list_document_emails(work: Work, id: str) -> wire.Emails:
    """List the mails that took a document along, newest first, and what became of each.

    `state` is queued, sent (the mail server took it), failed (it did not, for days) or bounced
    (it refused for good); `answer` is what the mail server said last.
    """
    return wire.emails(queries.mails(work, public_id=id))
