"""Sending a document by e-mail."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.invoicing import drafting
from kontorhaus.invoicing import store as documents
from kontorhaus.invoicing.mailing import portal_link, rules, store
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.invoicing.mailing.enclosures import Enclosures
from kontorhaus.invoicing.mailing.model import MAX_MAIL_BYTES, CoverLetter, Sent
from kontorhaus.invoicing.mailing.post import Post
from kontorhaus.invoicing.model import Document, Mark
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.runtime import mail, message
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

    The customer's own link takes the place of {portal_link} in the message.
    Invalid: recipient, subject, company_email, portal_link. Denied: too_large, email_quota.
    Conflict: changed_meanwhile. NotFound: document.
    """
    sender = posts.sender(work)
    recipient = _recipient(letter.recipient)
    if not letter.subject.isprintable():
        raise Invalid("subject", "A subject is one line of plain text.", field="subject")
    _check_size(letter, enclosures)
    document = _unchanged(work, public_id, enclosures)
    posts.count(work, post=post)
    message_id = f"{work.new_id()}@{post.own_domain or sender.reply_to.rpartition('@')[2]}"
    plain = Mail(
        recipient=recipient,
        subject=letter.subject,
        body=letter.message,
        reply_to=sender.reply_to,
        addressee=recipient,
        sender_name=sender.name,
        message_id=message_id,
        attachments=enclosures.attachments,
    )
    written = portal_link.fill(work, letter=plain, document=document, post=post)
    _keep(work, document, written, is_copy=False)
    if letter.wants_copy:
        copy = portal_link.without(written, post=post)
        _keep(work, document, replace(copy, recipient=sender.copy_to), is_copy=True)
    work.record(
        "invoicing.mailed",
        subject="document",
        subject_id=document.id,
        details={"recipient": recipient, "message_id": message_id, "copy": letter.wants_copy},
    )
    return Sent(message_id, sender.reply_to, _mark(work, document))


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


def _keep(work: Work, document: Document, written: Mail, *, is_copy: bool) -> None:
    mail_id = mail.enqueue(work, mail=written)
    store.insert(work, mail_id=mail_id, document_id=document.id, is_copy=is_copy)


def _mark(work: Work, document: Document) -> bool:
    """Whether the document became one that was sent; a cancelled one keeps its marks."""
    if document.sent is not None or document.cancellation is not None:
        return False
    documents.update(work, document=replace(document, sent=Mark(work.today)))
    return True
