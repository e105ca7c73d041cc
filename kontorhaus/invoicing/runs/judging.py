"""What the rules say of many documents, asked of all processes of the workshop at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kontorhaus.contacts import queries as contacts
from kontorhaus.invoicing import drafting
from kontorhaus.invoicing.making import rendering
from kontorhaus.invoicing.model import Finding, NewDocument, Snapshot, Verdict
from kontorhaus.invoicing.runs.model import Judged, Row
from kontorhaus.kernel.errors import NotFound, Refusal
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin

_SECONDS = 120
# So many documents a process judges before it is asked again: short enough to be fair to others.
_SLICE = 25


def judge(
    resources: Resources, caller: Caller, *, news: Sequence[NewDocument | Refusal]
) -> list[Row]:
    """Every document with its verdict, in their order; what cannot be one comes as its refusal."""
    with begin(resources.database, caller, read_only=True) as work:
        composed = _composed(work, news)
    wanted = [
        each
        for each in composed
        if isinstance(each, Snapshot) and each.content.export_type != "pdf"
    ]
    found = iter(_findings(resources, wanted))
    rows: list[Row] = []
    for new, each in zip(news, composed, strict=True):
        if isinstance(each, Refusal) or isinstance(new, Refusal):
            assert isinstance(each, Refusal)
            rows.append(each)
        elif each.content.export_type == "pdf":
            rows.append(Judged(new, Verdict(judged=None)))
        else:
            rows.append(Judged(new, Verdict(judged=each, findings=next(found))))
    return rows


def _composed(work: Work, news: Sequence[NewDocument | Refusal]) -> list[Snapshot | Refusal]:
    house = drafting.house(work)
    ids = [new.client_id for new in news if isinstance(new, NewDocument)]
    known = contacts.contacts_named(work, public_ids=filter(None, ids))
    result: list[Snapshot | Refusal] = []
    for new in news:
        if isinstance(new, Refusal):
            result.append(new)
            continue
        try:
            if new.client_id is not None and new.client_id not in known:
                raise NotFound("contact", "There is no such contact.")
            content = drafting.begun(house, new=new, party=known.get(new.client_id or ""))
            made = drafting.composed(
                house, content=content, document_type=new.type, number=new.number
            )
            parent = drafting.parent_of(work, new=new)
            result.append(drafting.tied(work, snapshot=made, parent=parent))
        except Refusal as refusal:
            result.append(refusal)
    return result


def _findings(resources: Resources, snapshots: Sequence[Snapshot]) -> list[tuple[Finding, ...]]:
    slices = [snapshots[n : n + _SLICE] for n in range(0, len(snapshots), _SLICE)]

    def run(part: Sequence[Snapshot]) -> list[tuple[Finding, ...]]:
        return resources.workshop.run(
            rendering.all_findings,
            part,
            resources.config.xrechnung_rules,
            timeout_seconds=_SECONDS,
        )

    with ThreadPoolExecutor(max(1, resources.config.workshop_processes)) as threads:
        return [found for part in threads.map(run, slices) for found in part]
