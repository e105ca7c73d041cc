"""The link by which a customer sees its invoices, as mails take it along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import structlog
from babel.dates import format_date

from kontorhaus.contacts import queries as contacts
from kontorhaus.identity import queries as identity
from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.customers.model import Entrance, MailedAccess
from kontorhaus.invoicing import queries as invoicing
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.invoicing.mailing.post import Post
from kontorhaus.invoicing.model import Document, Filter
from kontorhaus.kernel.errors import Invalid, Refusal
from kontorhaus.kernel.ids import PartyId
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.runtime import mail, message
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Actor, Caller, Work, begin

# What stands for the link in the text of a mail.
PLACE = "{portal_link}"
_MOST_MAILS = 5
_log = structlog.get_logger("kontorhaus.portal_link")


def fill(work: Work, *, letter: Mail, document: Document, post: Post) -> Mail:
    """The letter with a link of its own for the recipient, if its text asks for one.

    Invalid("portal_link") for a document of nobody who is known as a customer.
    """
    if PLACE not in letter.body:
        return letter
    party_id = _customer(work, document)
    sealed, _ = _link(work, party_id, letter.recipient or "", post)
    return replace(letter, body=letter.body.replace(PLACE, message.SEALED_PLACE), sealed=sealed)


def without(letter: Mail, *, post: Post) -> Mail:
    """The same letter for somebody else: it leads to the door, where one asks for a link."""
    if letter.sealed is None:
        return letter
    body = letter.body.replace(message.SEALED_PLACE, f"{post.public_url}/customer")
    return replace(letter, body=body, sealed=None)


def send(work: Work, *, party_id: PartyId, address: str, post: Post) -> MailedAccess:
    """Have a link mailed to an address that may enter for a customer from now on.

    Invalid: email, company_email. Denied("email_quota"). NotFound("party").
    """
    sender = posts.sender(work)
    party = contacts.party(work, party_id=party_id)
    posts.count(work, post=post)
    sealed, access = _link(work, party_id, address, post)
    last_day = day_in(access.expires_at, work.caller.time_zone)
    subject, body = _letter(
        _language(work, party.public_id), sender.name, party.details.name, last_day
    )
    written = Mail(
        recipient=access.address,
        subject=subject,
        body=body,
        reply_to=sender.reply_to,
        sender_name=sender.name,
        sealed=sealed,
    )
    mail.enqueue(work, mail=written)
    return access


def send_again(resources: Resources, *, address: str, client: str, request_id: UUID | None) -> None:
    """Have links mailed to an address wherever it may enter; nothing tells whether it may.

    `client` is the network address that asks. Denied("too_many_attempts").
    """
    post = posts.post(resources.config)
    found = customers.of_address(
        resources.database, secret=post.secret, address=address, client=client
    )
    for entrance in found[:_MOST_MAILS]:
        try:
            with begin(resources.database, _caller(entrance, address, request_id)) as work:
                send(work, party_id=entrance.party_id, address=address, post=post)
        except Refusal as refusal:  # whoever asks is told nothing
            _log.warning("link_not_mailed", access_id=str(entrance.access_id), why=refusal.code)


def _link(work: Work, party_id: PartyId, address: str, post: Post) -> tuple[bytes, MailedAccess]:
    token, access = customers.issue_link(
        work, secret=post.secret, party_id=party_id, address=address
    )
    return mail.seal(post.secret, f"{post.public_url}/customer/enter/{token}"), access


def _customer(work: Work, document: Document) -> PartyId:
    if document.claim is not None:
        invoice = claims.invoice(work, role="customer", invoice_id=document.claim.invoice_id)
        return invoice.party_id
    client = document.content.client
    if client is None or client.party_id is None:
        raise Invalid(
            "portal_link",
            f"{PLACE} needs a customer: choose a contact for the document, or take it out.",
            field="message",
        )
    return PartyId(client.party_id)


def _language(work: Work, contact_id: str) -> str:
    """The language of the customer's latest document, else that of the company."""
    latest, _ = invoicing.documents(work, wanted=Filter(client_id=contact_id), limit=1, skip=0)
    return latest[0].content.language if latest else identity.profile(work).language


def _letter(language: str, seller: str, customer: str, last_day: date) -> tuple[str, str]:
    """Subject and body of the mail that takes a link and nothing else."""
    words = Words(language)
    paragraphs = (
        words.text("Hello,"),
        words.text(
            "this link leads to the invoices of %(seller)s for %(customer)s:",
            seller=seller, customer=customer,
        ),
        message.SEALED_PLACE,
        words.text(
            "It is personal: whoever has it sees these invoices. It holds until %(day)s; after "
            "that you can have a new one sent to this address there.",
            day=format_date(last_day, "long", language),
        ),
        words.text("Kind regards") + f"\n{seller}",
    )  # fmt: skip
    return words.text("Your invoices from %(seller)s", seller=seller), "\n\n".join(paragraphs)


def _caller(entrance: Entrance, address: str, request_id: UUID | None) -> Caller:
    actor = Actor("customer", entrance.access_id, None, address, None, "portal", "dashboard")
    return Caller(entrance.tenant_id, actor, entrance.time_zone, request_id)
