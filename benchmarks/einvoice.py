"""One e-invoice (PDF/A-3, XML, official rules) against weasyprint, drafthorse and factur-x."""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import ROOT, figures, sample_invoice
from bench.sample_invoice import SELLER, snapshot

from kontorhaus.invoicing.einvoice import cii, validation
from kontorhaus.invoicing.making import rendering, xml_invoice
from kontorhaus.invoicing.model import Snapshot

RUNS = 30
PEER_RUNS = 15
AIM_MILLISECONDS = 45
WARM_UP = 3
PEER_VENV = ROOT / "var" / "bench-venv"
PEERS = Path(__file__).parent / "peers.txt"

numbers = itertools.count(1000)


def main() -> None:
    """Our steps, then the peers' steps on the same invoice."""
    figures.title(f"one e-invoice of {sample_invoice.LINES} lines and two rates, CPU time, warm")
    ours = _ours()
    theirs = peers()
    if theirs:
        for name, milliseconds in theirs["steps"].items():
            figures.figure(f"peers: {name}", milliseconds, "ms")
        whole = sum(theirs["steps"].values())
        usual = whole - theirs["steps"]["rules"]
        figures.figure(
            "peers: all",
            whole,
            "ms",
            f"{theirs['bytes']} bytes, memory {theirs['memory']:.0f} MB,"
            f" {theirs['errors']} errors by the rules",
        )
        figures.ratio("peers / Kontorhaus, with the official rules", whole / ours)
        figures.ratio("peers without the rules / Kontorhaus with them", usual / ours)


def _ours() -> float:
    """Milliseconds of a Factur-X with validation."""
    steps: dict[str, Callable[[Snapshot], object]] = {
        "xml": _xml,
        "xml, schema and official rules": lambda given: validation.validate(
            _xml(given), "cii", False
        ),
        "xml, pdf with it attached": lambda given: rendering.made(given, "pdf"),
    }
    for name, step in steps.items():
        figures.figure(f"Kontorhaus: {name}", _milliseconds(step, "factur-x"), "ms")
    whole = _milliseconds(lambda given: _whole(given, "pdf"), "factur-x")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures.limit("Kontorhaus: Factur-X, all", whole, "ms", AIM_MILLISECONDS)
    figures.figure(
        "Kontorhaus: XRechnung and its preview, all", _milliseconds(_xrechnung, "xrechnung"), "ms"
    )
    size = len(rendering.made(snapshot("factur-x", 1), "pdf"))
    figures.figure("Kontorhaus: bytes", size, "bytes", f"memory {memory:.0f} MB")
    return whole


def _xml(given: Snapshot) -> bytes:
    return cii.write(xml_invoice.invoice(given))


def _xrechnung(given: Snapshot) -> bytes:
    _whole(given, "xml")
    return rendering.made(given, "preview")


def _whole(given: Snapshot, kind: Any) -> bytes:
    assert not rendering.findings(given, None), "the invoice is accepted"
    return rendering.made(given, kind)


def _milliseconds(step: Callable[[Snapshot], object], export_type: str) -> float:
    """Median CPU time of a step, all threads together, each time on another invoice."""
    times = []
    for _ in range(RUNS + WARM_UP):
        given = snapshot(export_type, next(numbers))
        started = time.process_time()
        step(given)
        times.append(1000 * (time.process_time() - started))
    return figures.median(times[WARM_UP:])


def peers() -> dict[str, Any] | None:
    """What the peers need for each step of an invoice; None where they cannot be installed."""
    try:
        python = _peer_python()
        answer = subprocess.run(
            [python, Path(__file__).parent / "bench" / "invoice_peer.py"],
            input=json.dumps(
                [_plain(snapshot("factur-x", next(numbers))) for _ in range(PEER_RUNS + 1)]
            ),
            capture_output=True,
            text=True,
            check=True,
            timeout=240,
        )
    except (subprocess.SubprocessError, OSError) as error:
        words = str(getattr(error, "stderr", "") or error).strip().splitlines()
        figures.missing("weasyprint, drafthorse, factur-x", words[-1] if words else "")
        return None
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _peer_python() -> Path:
    """The interpreter of the peers' own environment, made at the first run."""
    python = PEER_VENV / "bin" / "python"
    stamp = PEER_VENV / "peers.txt"
    if not stamp.exists() or stamp.read_text() != PEERS.read_text():
        venv.create(PEER_VENV, with_pip=False, clear=True)
        subprocess.run(
            [
                Path(sys.executable).parent / "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                python,
                "-r",
                PEERS,
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        stamp.write_text(PEERS.read_text())
    return python


def _plain(given: Snapshot) -> dict[str, Any]:
    """The invoice as plain values for the peers."""
    sums, buyer = given.totals, given.content.client
    assert buyer is not None
    return {
        "number": given.number,
        "date": given.content.document_date.isoformat(),
        "due": given.due_date.isoformat(),
        "seller": {
            "name": SELLER.name,
            "street": "Hafenstraße 7",
            "postcode": "20457",
            "city": "Hamburg",
            "vat_id": "DE123456788",
            "iban": SELLER.iban,
        },
        "buyer": {
            "name": buyer.name,
            "street": buyer.address1,
            "postcode": "20354",
            "city": "Hamburg",
        },
        "lines": [
            {
                "title": line.line.title,
                "quantity": str(line.line.quantity),
                "price": str(line.unit_net),
                "net": str(line.net.decimal),
                "rate": str(line.rate),
            }
            for line in sums.lines
        ],
        "taxes": [
            {"rate": str(group.rate), "net": str(group.net.decimal), "tax": str(group.tax.decimal)}
            for group in sums.groups
        ],
        "net": str(sums.net.decimal),
        "tax": str(sums.tax.decimal),
        "gross": str(sums.gross.decimal),
    }


if __name__ == "__main__":
    main()
