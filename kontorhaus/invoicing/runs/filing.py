"""The files of the documents of a run: made by all processes of the workshop, stored at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing import store as documents
from kontorhaus.invoicing.making import rendering
from kontorhaus.invoicing.model import Artefact, ArtefactKind, Snapshot
from kontorhaus.invoicing.runs import store
from kontorhaus.invoicing.runs.model import RunId
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin

_SECONDS = 120
_SLICE = 10
_AT_ONCE = 100

_Wanted = tuple[DocumentId, Snapshot, ArtefactKind]


def file_documents(resources: Resources, caller: Caller, *, run_id: RunId) -> int:
    """Make and store the files that documents of a run still lack; how many documents there were.

    Safe to be interrupted: what is stored is found again. A file that somebody else stored
    meanwhile stays the one that counts.
    """
    count = 0
    while True:
        with begin(resources.database, caller, read_only=True) as work:
            rows = store.unfiled(work, run_id=run_id, limit=_AT_ONCE)
            wanted = _wanted(work, [document_id for _, document_id in rows])
        if not rows:
            return count
        made = _made(resources, wanted)
        with begin(resources.database, caller) as work, work.connection.pipeline():
            for document_id, artefact in made:
                documents.insert_artefact(work, document_id=document_id, artefact=artefact)
            store.mark_filed(work, run_id=run_id, row_numbers=[number for number, _ in rows])
        count += len(rows)


def _wanted(work: Work, document_ids: Sequence[DocumentId]) -> list[_Wanted]:
    found = []
    for document_id in document_ids:
        snapshot = documents.snapshot(work, document_id=document_id)
        assert snapshot is not None, "only final documents lack files"
        for kind in artefacts.kinds_of(snapshot.content.export_type):
            found.append((document_id, snapshot, kind))
    return found


def _made(resources: Resources, wanted: Sequence[_Wanted]) -> list[tuple[DocumentId, Artefact]]:
    slices = [wanted[n : n + _SLICE] for n in range(0, len(wanted), _SLICE)]

    def run(part: Sequence[_Wanted]) -> list[tuple[DocumentId, Artefact]]:
        contents = resources.workshop.run(
            rendering.all_made,
            [(snapshot, kind) for _, snapshot, kind in part],
            timeout_seconds=_SECONDS,
        )
        return [
            (document_id, Artefact(kind, resources.blobs.put(content), len(content)))
            for (document_id, _, kind), content in zip(part, contents, strict=True)
        ]

    with ThreadPoolExecutor(max(1, resources.config.workshop_processes)) as threads:
        return [each for part in threads.map(run, slices) for each in part]
