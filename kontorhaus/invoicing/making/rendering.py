"""What is made from a snapshot: its judgement, its XML, its PDF; runs in a workshop process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kontorhaus.invoicing.einvoice import model, validation
from kontorhaus.invoicing.einvoice import rules as einvoice
from kontorhaus.invoicing.making import letter, xml_file, xml_invoice
from kontorhaus.invoicing.model import ArtefactKind, Finding, Snapshot
from kontorhaus.invoicing.pdf import letter as paper
from kontorhaus.invoicing.pdf import render, supplements
from kontorhaus.invoicing.stationery import logo
from kontorhaus.invoicing.stationery.model import Logo

NOTHING: Mapping[str, bytes] = {}


def prepare(operator_rules: Path | None = None) -> None:
    """Compile the rules and load the fonts now, so that the first invoice does not wait."""
    validation.prepare(operator_rules)
    render.prepare()


def check_operator_rules(folder: Path | None) -> None:
    """Invalid("setting") if a folder is given but holds no rules of XRechnung that run."""
    if folder is not None:
        validation.prepare_operator_rules(folder)


def findings(
    snapshot: Snapshot, operator_rules: Path | None, enclosed: Mapping[str, bytes] = NOTHING
) -> tuple[Finding, ...]:
    """The rules that the e-invoice of a snapshot breaks; empty if it is fit to be sent.

    The quick rules name missing fields best, so the official ones are asked only after them, and
    with them those in the operator's folder. `enclosed` are the files that go along by SHA-256.
    """
    invoice = xml_invoice.invoice(snapshot, enclosed)
    form = xml_file.form(snapshot.content)
    found = einvoice.check(
        invoice,
        xrechnung=form.is_xrechnung,
        gross_prices=snapshot.content.price_layout == "gross",
    )
    if not any(finding.severity == "error" for finding in found):
        found = validation.validate(
            xml_file.write(snapshot, enclosed),
            form.kind,
            form.is_xrechnung,
            operator_rules if form.is_xrechnung else None,
        )
    return tuple(_finding(item) for item in found if item.severity == "error")


def all_findings(
    snapshots: Sequence[Snapshot], operator_rules: Path | None
) -> list[tuple[Finding, ...]]:
    """The same of several snapshots, in their order."""
    return [findings(snapshot, operator_rules) for snapshot in snapshots]


def all_made(wanted: Sequence[tuple[Snapshot, ArtefactKind]]) -> list[bytes]:
    """Several files, in the order in which they are wanted."""
    return [made(snapshot, kind) for snapshot, kind in wanted]


def made(snapshot: Snapshot, kind: ArtefactKind, enclosed: Mapping[str, bytes] = NOTHING) -> bytes:
    """The file of a kind: the same snapshot gives the same bytes."""
    if kind in ("xml", "cancellation-xml"):
        return xml_file.write(snapshot, enclosed)
    if kind != "preview" and snapshot.content.export_type == "factur-x":
        level = xml_file.form(snapshot.content).level
        pdf = render.pdf(letter.compose(snapshot), xml_file.write(snapshot, enclosed), level)
    else:
        pdf = render.pdf(letter.compose(snapshot))
    return _with_files(pdf, snapshot, enclosed)


def _with_files(pdf: bytes, snapshot: Snapshot, enclosed: Mapping[str, bytes]) -> bytes:
    """The PDF with the files that its reader shall find beside it."""
    files = tuple(
        supplements.File(each.name, each.media_type, each.description, enclosed[each.sha256])
        for each in xml_invoice.attached(snapshot.content)
    )
    day = snapshot.content.document_date
    return supplements.attached(pdf, files, day=day) if files else pdf


def read_logo(content: bytes) -> Logo:
    """The logo in a foreign file, once a letter was made with it; Invalid: file_too_large, logo."""
    found = logo.read(content)
    render.try_logo(paper.Logo(found.format, found.content))
    return found


def picture(snapshot: Snapshot) -> bytes:
    """The first page of a document as PNG, to look at on a screen."""
    return render.picture(letter.compose(snapshot))


def _finding(found: model.Finding) -> Finding:
    return Finding(found.rule, found.field, found.advice, found.advice_de)
