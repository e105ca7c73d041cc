"""The settings of whoever writes documents, and the logo on them."""

from __future__ import annotations

from kontorhaus.invoicing import letterhead, settings
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.settings import input as given
from kontorhaus.surfaces.billing.settings import wire
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.conventions.operation import Upload

_TAGS = ("settings",)
_LARGEST = 2 * 1024 * 1024


@billing.get(
    "/settings",
    scope="company:read",
    refusals=(401, 403),
    answer=wire.Settings,
    tags=_TAGS,
    etag=True,
)
def get_settings(work: Work) -> wire.Settings:
    """Get how documents are numbered, worded, laid out and sent.

    `numbers` shows with each format the number that would be drawn next; a draft draws none.
    """
    return wire.settings(settings.found(work))


@billing.patch(
    "/settings",
    scope="company:write",
    refusals=(400, 401, 403, 409, 413),
    answer=wire.Settings,
    tags=_TAGS,
)
def change_settings(call: Call, body: given.SettingsChange) -> Reply:
    """Change settings; what is left out stays, at every depth.

    Owners and admins only. Final documents keep what they were made with. Texts may hold
    {number}, {date}, {dueDate} and {name}. A new number format goes on with the same count: one
    per type, and per year where the format holds {year}; `startAt` lets a count begin later than
    with 1, as long as no number of it was drawn (409).
    """
    wanted = given.change(body)
    reply = call.write(lambda work: wire.settings(settings.change(work, wanted=wanted)))
    call.forget_token()  # it knew the time zone
    return reply


@billing.put(
    "/settings/logo",
    scope="company:write",
    status=200,
    refusals=(400, 401, 403, 413),
    answer=wire.Settings,
    body_limit=_LARGEST,
    tags=_TAGS,
)
def put_logo(call: Call, upload: Upload) -> Reply:
    """Put a logo on all documents to come: an SVG of plain shapes, a PNG or a JPEG.

    At most 1 MiB. It is written anew: an SVG keeps shapes and colours, a picture becomes a PNG.
    """
    if replayed := call.replay():
        return replayed
    logo = letterhead.read_logo(call.resources, content=upload.content)
    return call.write(lambda work: wire.settings(settings.change_logo(work, logo=logo)))


@billing.delete(
    "/settings/logo", scope="company:write", status=204, refusals=(401, 403), tags=_TAGS
)
def delete_logo(work: Work) -> None:
    """Take the logo off all documents to come."""
    settings.change_logo(work, logo=None)
