"""Which documents a DATEV export names, on real PostgreSQL."""

from __future__ import annotations

from datetime import date

from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import queries as datev
from kontorhaus.reports.datev.model import DocumentFile
from kontorhaus.runtime.work import Work
from tests.actions.invoicing_examples import issued

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


def links(work: Work) -> set[str]:
    rows = extf.parse(datev.datev_export(work, **MARCH).content)[2:]
    return {row[extf.LINK - 1].text for row in rows}


def test_an_invoice_written_here_is_named_once_its_files_are_made(work: Work) -> None:
    invoice = issued(work)
    assert links(work) == {""}
    assert datev.datev_export(work, **MARCH, format="zip").documents == ()
    for kind, sign in (("xml", "a"), ("preview", "b")):
        work.connection.execute(
            "insert into artefact (tenant_id, document_id, kind, sha256, size, created_at)"
            " values (%s, %s, %s, %s, 100, now())",
            (work.tenant_id, invoice.id, kind, sign * 64),
        )
    assert links(work) == {f'BEDI "{invoice.id}"'}
    (document,) = datev.datev_export(work, **MARCH, format="zip").documents
    assert (document.id, document.kind, document.day) == (
        str(invoice.id), "outgoing", date(2026, 3, 2),
    )  # fmt: skip
    assert document.files == (
        DocumentFile("b" * 64, 100, invoice.number, "pdf"),
        DocumentFile("a" * 64, 100, invoice.number, "xml"),
    )
