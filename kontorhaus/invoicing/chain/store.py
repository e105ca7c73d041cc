"""What follows on a document, down the whole chain."""

from __future__ import annotations

from pydantic import TypeAdapter

from kontorhaus.invoicing.chain.model import Successor
from kontorhaus.invoicing.model import Line
from kontorhaus.runtime.work import Work

_LINES = TypeAdapter(tuple[Line, ...])

_DESCENDANTS = """
with recursive below as (
    select d.id, d.public_id, p.public_id as parent, d.type, d.content, d.created_at
    from document p join document d on d.tenant_id = p.tenant_id and d.parent_id = p.id
    where p.tenant_id = %(tenant)s and p.public_id = %(document)s
    union all
    select d.id, d.public_id, b.public_id, d.type, d.content, d.created_at
    from below b join document d on d.tenant_id = %(tenant)s and d.parent_id = b.id
)
select b.public_id, b.parent, b.type, coalesce(b.content->>'form', 'standard'),
    c.document_id is not null, b.content->'lines'
from below b left join cancellation c on c.tenant_id = %(tenant)s and c.document_id = b.id
order by b.created_at, b.id
"""


def descendants(work: Work, *, public_id: str) -> list[Successor]:
    """Every document that follows on one, directly or on a later one."""
    rows = work.connection.execute(
        _DESCENDANTS, {"tenant": work.tenant_id, "document": public_id}
    ).fetchall()
    return [
        Successor(public_id, parent_id, of_type, form, is_cancelled, _LINES.validate_python(lines))
        for public_id, parent_id, of_type, form, is_cancelled, lines in rows
    ]
