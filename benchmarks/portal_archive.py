"""A customer's PDFs as one ZIP: made in this process and over HTTP, against zipfile and cat."""

from __future__ import annotations

import http.client
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
from bench import figures, ground, processes
from bench.ground import PROFILE, Ground, Serving
from bench.sample_invoice import snapshot

from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing import store
from kontorhaus.invoicing.customers import downloads
from kontorhaus.invoicing.making import rendering
from kontorhaus.invoicing.model import Artefact, Content, Line, NewDocument
from kontorhaus.kernel.ids import PartyId
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import SCHEMA
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin
from kontorhaus.runtime.workshop import Workshop

PDFS = 1000
ROUNDS = 5
AIM_RATE = 5000
AIM_FIRST_MILLISECONDS = 100
AIM_GROWTH_MEGABYTES = 20
PATH = "/portal/client/invoices/download/archive"
LINE = Line("Hosting S", Decimal(1), Decimal("49.90"), None, Decimal(19), unit="Monat")


def main() -> None:
    """Both ways over the same stored PDFs."""
    figures.title(f"a customer's {PDFS} PDFs as one archive")
    with ground.prepared() as base, ground.opened(base) as database:
        config = from_environment({"KONTORHAUS_HOME": str(base.home)})
        folder = base.home / "blobs"
        workshop = Workshop(1)
        resources = Resources(config, database, Blobs(folder), workshop)
        caller = Caller(ground.found(base, database).id, SYSTEM, PROFILE.time_zone)
        with begin(database, caller) as work:
            party = receivables.register_customer(work, details=PartyDetails(name="Bücher GmbH"))
            token = _token(work, base, party)
        _furnish(resources, caller, party)
        _drop_jobs(base)
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        assert len(files) == PDFS
        size = sum(path.stat().st_size for path in files)
        figures.figure("PDFs", size / PDFS / 1024, "kB each")
        _in_process(resources, caller, party.id)
        _peers(files, base.home / "peer.zip")
        with ground.serving(base) as serving:
            _over_http(serving, token)
        workshop.close()


def _token(work: Work, base: Ground, party: Party) -> str:
    owner = identity.create_user(work, email="seller@kontor.example", role="owner")
    return identity.create_api_key(
        work,
        secret=secret.of(base.home),
        surface="portal",
        name="portal",
        created_by=owner,
        party_id=party.id,
        scopes=("access_invoices",),
    ).token


def _furnish(resources: Resources, caller: Caller, party: Party) -> None:
    """Final invoices with stored PDFs that differ in their last bytes."""
    sample = rendering.made(snapshot("pdf", 1), "pdf")
    content = Content(date(2026, 3, 2), None, (LINE,))
    new = NewDocument("invoice", content, client_id=party.public_id, finalized=True)
    for number in range(PDFS):
        pdf = sample + b"%% %d\n" % number
        kept = Artefact("pdf", resources.blobs.put(pdf), len(pdf))
        with begin(resources.database, caller) as work:
            document = invoicing.create(work, new=new)
            store.insert_artefact(work, document_id=document.id, artefact=kept)


def _drop_jobs(base: Ground) -> None:
    """Nothing is left to render: the server shall do nothing else."""
    with psycopg.connect(base.conninfo(is_super=True)) as connection:
        connection.execute(f"set search_path = {SCHEMA}")
        connection.execute("delete from procrastinate_jobs")


def _in_process(resources: Resources, caller: Caller, party_id: PartyId) -> None:
    def make() -> int:
        blocks = downloads.archive(resources, caller, party_id=party_id)
        return sum(len(block) for block in blocks)

    make()
    before = _peak_megabytes()
    seconds = _best(make)
    rate = PDFS / seconds
    aim = f"aim at least {AIM_RATE}: {'met' if rate >= AIM_RATE else 'MISSED'}"
    figures.figure("made from disk, one core", rate, "PDFs/s", f"CPU time; {aim}")
    growth = _peak_megabytes() - before
    figures.limit("  memory beyond the first time", growth, "MB", AIM_GROWTH_MEGABYTES)


def _peers(files: list[Path], target: Path) -> None:
    """What reading alone costs, and zipfile with a whole file to write to."""

    def read() -> None:
        for path in files:
            path.read_bytes()

    def write() -> None:
        with zipfile.ZipFile(target, "w") as archive:
            for path in files:
                archive.write(path, path.name)

    figures.figure("limit: reading the files", PDFS / _best(read), "PDFs/s")
    figures.figure("zipfile, to a file on disk", PDFS / _best(write), "PDFs/s")


def _over_http(serving: Serving, token: str) -> None:
    first, whole, cpu = [], [], []
    _fetch(serving, token)
    before = processes.megabytes([serving.pid])
    most = before
    for _ in range(ROUNDS):
        spent = processes.cpu_seconds([serving.pid])
        began, ended, reached = _fetch(serving, token)
        cpu.append(processes.cpu_seconds([serving.pid]) - spent)
        first.append(1000 * began)
        whole.append(ended)
        most = max(most, reached)
    figures.limit("first byte over HTTP, worst", max(first), "ms", AIM_FIRST_MILLISECONDS)
    figures.figure("over HTTP, to the last byte", PDFS / min(whole), "PDFs/s")
    figures.figure("  of the server's CPU time", PDFS / max(min(cpu), 0.01), "PDFs/s per core")
    figures.limit("  growth of the server", most - before, "MB", AIM_GROWTH_MEGABYTES, "PSS")


def _fetch(serving: Serving, token: str) -> tuple[float, float, float]:
    """Seconds to the first and to the last byte, and the most memory of the server between."""
    connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=60)
    started = time.perf_counter()
    connection.request("GET", PATH, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    size = len(answer.read(1))
    first = time.perf_counter() - started
    most, paused = 0.0, 0.0
    while block := answer.read(2**20):
        size += len(block)
        looked = time.perf_counter()
        most = max(most, processes.megabytes([serving.pid]))
        paused += time.perf_counter() - looked
    last = time.perf_counter() - started - paused
    connection.close()
    assert size > PDFS * 1024
    return first, last, most


def _best(function: Callable[[], object]) -> float:
    """The least CPU time of a few rounds, in seconds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return min(taken)


def _peak_megabytes() -> float:
    """The most memory that this process ever held."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
