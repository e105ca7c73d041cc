"""Access of a contact to its invoices in the portal: tokens, and links by mail.

Whoever gives access needs the scope that is given: nobody hands on more than he has.
"""

from __future__ import annotations

from uuid import UUID

from kontorhaus.contacts import actions as parties
from kontorhaus.contacts import queries as contacts
from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.customers import queries
from kontorhaus.identity.customers.rules import SCOPE
from kontorhaus.invoicing.mailing import portal_link
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.kernel.ids import AccessId, ApiKeyId
from kontorhaus.runtime import secret
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.portal_access import wire
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Answer, Reply
from kontorhaus.surfaces.conventions.call import Call

_TAGS = ("portal access",)


@billing.get(
    "/contacts/{id}/portal-tokens",
    scope="contacts:read",
    refusals=(401, 403, 404),
    answer=wire.Tokens,
    tags=_TAGS,
    etag=False,
)
def list_portal_tokens(work: Work, id: str) -> wire.Tokens:
    """List the tokens by which a contact's programs see its invoices, oldest first."""
    party = contacts.contact(work, public_id=id)
    return wire.tokens(queries.tokens(work, party_id=party.id))


@billing.post(
    "/contacts/{id}/portal-tokens",
    scope=SCOPE,
    status=201,
    refusals=(400, 401, 403, 404, 409, 413),
    answer=wire.NewToken,
    tags=_TAGS,
)
def create_portal_token(call: Call, id: str, body: wire.TokenInput) -> Reply:
    """Create a token for a contact's programs, with the scope access_invoices on `/portal`.

    It is shown this once; a repetition with the same Idempotency-Key shows everything else. It
    ends with the day `expiresOn`, when it is deleted, or when the person who made it leaves.
    """
    keys = secret.of(call.resources.config.home)

    def issue(work: Work) -> Answer:
        party = parties.lock(work, public_id=id)
        return wire.issued(
            customers.issue_token(
                work, secret=keys, party_id=party.id, name=body.name, last_day=body.expires_on
            )
        )

    return call.write(issue)


@billing.delete(
    "/contacts/{id}/portal-tokens/{token_id}",
    scope=SCOPE,
    status=204,
    refusals=(400, 401, 403, 404),
    tags=_TAGS,
)
def delete_portal_token(work: Work, id: str, token_id: UUID) -> None:
    """Revoke a token; it and the sessions it opened end at once."""
    party = contacts.contact(work, public_id=id)
    customers.revoke_token(work, party_id=party.id, key_id=ApiKeyId(token_id))


@billing.get(
    "/contacts/{id}/portal-links",
    scope="contacts:read",
    refusals=(401, 403, 404),
    answer=wire.Links,
    tags=_TAGS,
    etag=False,
)
def list_portal_links(work: Work, id: str) -> wire.Links:
    """List the addresses that links were mailed to and that may enter, oldest first."""
    party = contacts.contact(work, public_id=id)
    return wire.links(queries.accesses(work, party_id=party.id))


@billing.post(
    "/contacts/{id}/portal-links",
    scope=SCOPE,
    status=201,
    refusals=(400, 401, 403, 404, 413, 429),
    answer=wire.Link,
    statuses={"email_quota": 429},
    tags=_TAGS,
)
def mail_portal_link(call: Call, id: str, body: wire.LinkInput | None = None) -> Reply:
    """Mail a contact a personal link to its invoices; the link stands in that mail alone.

    It holds for the days of the setting `portal_link_days` (30), and the address may have another
    one sent at the portal's door until the access is deleted.
    """
    post = posts.post(call.resources.config)

    def mail(work: Work) -> wire.Link:
        party = parties.lock(work, public_id=id)
        address = (body.email if body else None) or party.details.email or ""
        return wire.link(portal_link.send(work, party_id=party.id, address=address, post=post))

    return call.write(mail)


@billing.delete(
    "/contacts/{id}/portal-links/{link_id}",
    scope=SCOPE,
    status=204,
    refusals=(400, 401, 403, 404),
    tags=_TAGS,
)
def delete_portal_link(work: Work, id: str, link_id: UUID) -> None:
    """Take an address its access; its links and sessions end at once."""
    party = contacts.contact(work, public_id=id)
    customers.revoke_access(work, party_id=party.id, access_id=AccessId(link_id))
