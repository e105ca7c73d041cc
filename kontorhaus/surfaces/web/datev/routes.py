"""The page of the DATEV export, and its download."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import IO, Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse

from kontorhaus.reports.datev import documents
from kontorhaus.reports.datev import queries as datev
from kontorhaus.surfaces.conventions.answers import Binary
from kontorhaus.surfaces.web import auth, errors, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.datev import view

router = APIRouter(prefix="/datev", include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Final = Literal["auto", "yes", "no"]

_SCOPE = "auswertungen:read"
_BLOCK = 256 * 1024


@router.get("")
def show_export(
    desk: SignedIn, start: date | None = None, end: date | None = None, final: Final = "auto"
) -> Response:
    """What an export would be, and what to know of it before."""
    desk.principal.require(_SCOPE)
    return page.framed(
        desk, "datev.html",
        lambda work: view.build(
            work, start=start, end=end, final=final,
            say=lambda refusal: errors.words(desk.visit.language, refusal),
        ),
    )  # fmt: skip


@router.get("/export")
def export(
    desk: SignedIn,
    start: date,
    end: date,
    final: Final = "auto",
    kind: Annotated[Literal["csv", "zip"], Query(alias="format")] = "zip",
) -> Response:
    """The file; an archive has the documents too."""
    desk.principal.require(_SCOPE)
    with desk.reading() as work:
        made = datev.datev_export(work, start=start, end=end, format=kind, final=final)
    file = documents.enclose(made, blobs=desk.resources.blobs)
    headers = {
        "Content-Disposition": Binary(file, made.media_type, made.file_name).disposition,
        "Content-Length": str(file.seek(0, 2)),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_blocks(file), media_type=made.media_type, headers=headers)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block
