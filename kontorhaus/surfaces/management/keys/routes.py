"""Key pairs of an organization."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity.keys import pairs, sight
from kontorhaus.runtime import secret
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions.answers import Answer, Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.management.keys import wire
from kontorhaus.surfaces.management.surface import management
from kontorhaus.surfaces.management.wire import DONE, Done

_TAGS = ("API keys",)
_ALL = "/organizations/{organization_id}/api-keys"
_ONE = "/organizations/{organization_id}/api-keys/{key_id}"


@management.get(
    _ALL, scope="admin", refusals=(400, 401, 403, 404), answer=wire.ApiKeyList, tags=_TAGS
)
def list_api_keys(work: Work, organization_id: UUID, query: wire.ApiKeyQuery) -> dict[str, object]:
    """List API keys, never with their secrets.

    A LIVE token sees those of both environments, a TEST token those of TEST.
    """
    found = sight.pairs(
        work,
        organization_id=organization_id,
        wanted=wire.wanted(query),
        limit=query.limit,
        offset=query.offset,
    )
    return wire.api_keys(found)


@management.post(
    _ALL, scope="admin", refusals=(400, 401, 403, 404, 409), answer=wire.ApiKey, tags=_TAGS
)
def create_api_key(call: Call, organization_id: UUID, body: wire.ApiKeyInput) -> Reply:
    """Create an API key; this answer alone shows its secret.

    It opens LIVE where both token and organization are LIVE, else TEST. Repeated with the same
    Idempotency-Key the answer leaves the secret out.
    """
    keys = secret.of(call.resources.config.home)

    def create(work: Work) -> Answer:
        made = pairs.create(
            work, secret=keys, organization_id=organization_id, **wire.creation(body)
        )
        return Answer(wire.issued(made), stored=wire.api_key(made.pair))

    return call.write(create)


@management.get(_ONE, scope="admin", refusals=(400, 401, 403, 404), answer=wire.ApiKey, tags=_TAGS)
def get_api_key(work: Work, organization_id: UUID, key_id: UUID) -> dict[str, object]:
    """Retrieve an API key, without its secret."""
    return wire.api_key(sight.pair(work, organization_id=organization_id, key_id=key_id))


@management.patch(
    _ONE,
    scope="admin",
    also=("PUT",),
    refusals=(400, 401, 403, 404),
    answer=wire.ApiKey,
    tags=_TAGS,
)
def change_api_key(
    work: Work,
    organization_id: UUID,
    key_id: UUID,
    query: wire.ApiKeyChangeQuery,
    body: wire.ApiKeyChange | None = None,
) -> dict[str, object]:
    """Switch an API key on or off, or change its metadata.

    A disabled key stops to work at once, and so do tokens that were issued from it.
    """
    after = pairs.change(
        work, organization_id=organization_id, key_id=key_id, **wire.change(body, query)
    )
    return wire.api_key(after)


@management.delete(_ONE, scope="admin", refusals=(400, 401, 403, 404), answer=Done, tags=_TAGS)
def delete_api_key(call: Call, organization_id: UUID, key_id: UUID) -> Reply:
    """Delete an API key; it and its tokens stop to work at once."""

    def delete(work: Work) -> dict[str, bool]:
        pairs.delete(work, organization_id=organization_id, key_id=key_id)
        return DONE

    done = call.write(delete)
    call.forget_token()
    return done
