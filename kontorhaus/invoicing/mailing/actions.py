"""Sending a document by e-mail."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import drafting
from kontorhaus.invoicing import store as documents
from kontorhaus.invoicing.mailing import rules, store
from kontorhaus.invoicing.mailing.enclosures import Enclosures
from kontorhaus.invoicing.mailing.model import MAX_MAIL_BYTES, CoverLetter, Post, Sent
from kontorhaus.invoicing.model import Document, Mark
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.runtime import counter, mail, message
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.work import Work


def send(
    work: Work,
    *,
    public_id: str,
    letter: CoverLetter,
    enclosures: Enclosures,
    post: Post,
) -> Sent:
    """Have a document sent after the commit, and mark it as sent unless it was before.

    Invalid: recipient, subject, company_email. Denied: too_large, email_quota.
    Conflict: changed_meanwhile. NotFound: document.
    """
    profile, paper = identity.profile(work), stationery.stationery(work)
    reply_to = _company_address(paper.reply_to or profile.email)
    recipient = _recipient(letter.recipient)
    if not letter.subject.isprintable():
        raise Invalid("subject", "A subject is one line of plain text.", field="subject")
    _check_size(letter, enclosures)
    document = _unchanged(work, public_id, enclosures)
    _count(work, post.daily_limit)
    message_id = f"{work.new_id()}@{post.own_domain or reply_to.rpartition('@')[2]}"
    written = Mail(
        recipient=recipient,
        subject=letter.subject,
        body=letter.message,
        reply_to=reply_to,
        addressee=recipient,
        sender_name=paper.sender_name or profile.shown_name,
        message_id=message_id,
        attachments=enclosures.attachments,
    )
    _keep(work, document, written, is_copy=False)
    if letter.wants_copy:
        copy_to = paper.copy_to or reply_to
        _keep(work, document, replace(written, recipient=copy_to), is_copy=True)
    work.record(
        "invoicing.mailed",
        subject="document",
        subject_id=document.id,
        details={"recipient": recipient, "message_id": message_id, "copy": letter.wants_copy},
    )
    return Sent(message_id, reply_to, _mark(work, document))


def _company_address(email: str) -> str:
    """Answers go there."""
    try:
        return message.address(email)
    except Invalid as refusal:
        raise Invalid(
            "company_email",
            "Enter the e-mail address of the company first: answers go there.",
            field="company.contactInfo.email",
        ) from refusal


def _recipient(email: str) -> str:
    try:
        return message.address(email)
    except Invalid as refusal:
        raise Invalid("recipient", refusal.message, field="recipient") from refusal


def _check_size(letter: CoverLetter, enclosures: Enclosures) -> None:
    size = rules.mail_size(letter.message, (each.size for each in enclosures.attachments))
    if size > MAX_MAIL_BYTES:
        raise Denied(
            "too_large",
            f"The mail with its attachments would have {size} bytes, more than {MAX_MAIL_BYTES}.",
            limit=MAX_MAIL_BYTES,
        )


def _unchanged(work: Work, public_id: str, enclosures: Enclosures) -> Document:
    """The document, nobody else's until the end, if the enclosed files are still its own."""
    documents.lock(work, public_id=public_id)
    document = drafting.found(work, public_id=public_id)
    made_from = enclosures.document
    if (document.revision, document.number) != (made_from.revision, made_from.number):
        raise Conflict("changed_meanwhile", "Somebody changed it at this very moment: try again.")
    return document


def _count(work: Work, daily_limit: int) -> None:
    """One mail more of this day; what is taken back is not counted."""
    if counter.next_value(work, series=f"mail:{work.today}") > daily_limit:
        raise Denied(
            "email_quota",
            f"No more than {daily_limit} documents are sent by e-mail in a day.",
            retry_after_seconds=rules.seconds_until_tomorrow(work.now, work.caller.time_zone),
        )


def _keep(work: Work, document: Document, written: Mail, *, is_copy: bool) -> None:
    mail_id = mail.enqueue(work, mail=written)
    store.insert(work, mail_id=mail_id, document_id=document.id, is_copy=is_copy)


def _mark(work: Work, document: Document) -> bool:
    """Whether the document became one that was sent; a cancelled one keeps its marks."""
    if document.sent is not None or document.cancellation is not None:
        return False
    documents.update(work, document=replace(document, sent=Mark(work.today)))
    return True
