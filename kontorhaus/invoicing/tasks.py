"""Jobs of invoicing."""

from __future__ import annotations

from kontorhaus.invoicing import artefacts, queries
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin


@task("invoicing.render")
def render(resources: Resources, caller: Caller, *, public_id: str) -> None:
    """Make and store the files of a final document; those that are there stay."""
    with begin(resources.database, caller, read_only=True) as work:
        document = queries.document(work, public_id=public_id)
    for kind in artefacts.kinds(document):
        artefacts.fetch(resources, caller, public_id=public_id, kind=kind)
