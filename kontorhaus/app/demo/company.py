"""The demo as a whole: loaded, removed, its documents written into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kontorhaus.app import start
from kontorhaus.app.demo import access, lindenhof, loader, nordlicht, plan, store
from kontorhaus.app.demo.access import Place
from kontorhaus.app.demo.model import Company
from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing import queries as invoicing
from kontorhaus.invoicing.model import Document, Filter
from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin

_OWNERS = (nordlicht.OWNER.email, lindenhof.OWNER.email)
_PAGE = 200
_SUFFIXES = {"factur-x": ".factur-x.pdf", "pdf": ".pdf", "xrechnung": ".xml"}

Progress = Callable[[str], None]


def load(resources: Resources, *, progress: Progress) -> Path:
    """Load the demo unless it is there; the path of its access file, which fits in any case.

    What an interrupted run has left is taken out first. Conflict("demo_busy") while another
    process loads or removes it.
    """
    companies = _companies(resources)
    with _alone(resources):
        if _places(resources, companies) is None:
            _take_out(resources)
            for company in companies:
                loader.load(resources, company, progress=progress)
        places = _places(resources, companies)
        assert places is not None, "both companies were loaded"
        return access.ensure(resources, places)


def remove(resources: Resources) -> None:
    """Take both organizations out with all their rows, and the access file with them."""
    with _alone(resources):
        _take_out(resources)
        resources.config.demo_access.unlink(missing_ok=True)


def write_documents(resources: Resources, folder: Path, *, progress: Progress) -> None:
    """Write the file of every final document of the demo: PDF, Factur-X or XML.

    NotFound("demo") if it is not loaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents(resources):
        progress(name)
        (folder / name).write_bytes(content)


def documents(resources: Resources) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files that write_documents writes, one after the other."""
    places = _places(resources, _companies(resources))
    if places is None:
        raise NotFound("demo", "The demo is not loaded: run `kontorhaus demo` first.")
    for place in places:
        caller = Caller(place.tenant_id, SYSTEM, place.company.profile.time_zone)
        for document in _final_documents(resources, caller):
            file = artefacts.fetch(
                resources,
                caller,
                public_id=document.public_id,
                kind=artefacts.kinds(document)[0],
            )
            suffix = _SUFFIXES[document.content.export_type]
            yield f"{document.shown_number}{suffix}", file.content


def _final_documents(resources: Resources, caller: Caller) -> Iterator[Document]:
    skip = 0
    while True:
        with begin(resources.database, caller, read_only=True) as work:
            page, whole = invoicing.documents(
                work, wanted=Filter(finalized=True), limit=_PAGE, skip=skip
            )
        yield from page
        skip += len(page)
        if not page or skip >= whole:
            return


def _companies(resources: Resources) -> tuple[Company, Company]:
    now = resources.database.clock.now()
    return plan.companies(day_in(now, nordlicht.PROFILE.time_zone))


def _places(resources: Resources, companies: tuple[Company, ...]) -> list[Place] | None:
    """The loaded companies; None if one is missing or was not loaded to its end."""
    places = []
    for company in companies:
        found = store.organization_of(resources.database, email=company.owner.email)
        if found is None:
            return None
        tenant_id = store.live_tenant(resources.database, organization_id=found[0])
        caller = Caller(tenant_id, SYSTEM, company.profile.time_zone)
        with begin(resources.database, caller, read_only=True) as work:
            if not store.was_recorded(work, action=loader.LOADED):
                return None
        places.append(Place(company, tenant_id, found[1]))
    return places


def _take_out(resources: Resources) -> None:
    """Needs the owner of the database, since the program cannot delete from the books."""
    with start.database_server(resources.config) as conninfo:
        store.delete_organizations(conninfo.owner, emails=_OWNERS)


@contextmanager
def _alone(resources: Resources) -> Iterator[None]:
    with store.lock(resources.database) as is_mine:
        if not is_mine:
            raise Conflict(
                "demo_busy", "Another process loads or removes the demo now: wait for it."
            )
        yield
