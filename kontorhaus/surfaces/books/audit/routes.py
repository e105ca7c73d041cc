"""Reading the audit trail over HTTP."""

from __future__ import annotations

from kontorhaus.reports.audit import queries as audit
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.audit import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Binary
from kontorhaus.surfaces.conventions.call import Call

_SCOPE = "audit:read"
_TAGS = ("audit",)


@books.get("/v1/audit", scope=_SCOPE, refusals=(400, 401, 403), answer=wire.AuditPage, tags=_TAGS)
def list_audit(work: Work, query: wire.AuditQuery) -> wire.AuditPage:
    """Who did what, newest first.

    `action` is one action (`invoicing.finalized`) or an area (`invoicing`), `actor` an id or a
    part of a name, `text` stands in the details. A change tells each field as a pair, before and
    after.
    """
    found = audit.page(work, question=query.question(), before=query.before, limit=query.limit)
    return wire.page(found)


@books.get(
    "/v1/audit/export",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=Binary,
    media_type=("text/csv", "application/x-ndjson"),
    tags=_TAGS,
)
def export_audit(call: Call, query: wire.ExportQuery) -> Binary:
    """The same as a file, oldest first and without an end.

    In csv an apostrophe goes before what a spreadsheet would compute; ndjson is exact.
    """
    question = query.question()
    file = call.read(lambda work: audit.export(work, question=question, format=query.format))
    return Binary(file, audit.MEDIA_TYPES[query.format], f"audit.{query.format}")
