"""Let the Mustang validator judge every PDF and XML of a folder: `make referee`.

A PDF with `factur-x` in its name must be an e-invoice; any other PDF without an XML inside
is judged as PDF/A alone. Errors and warnings fail a file, notices do not.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POM = ROOT / "tools" / "mustang" / "pom.xml"
JUDGE = ROOT / "tools" / "mustang" / "Referee.java"
CACHE = ROOT / "var" / "referee"

COUNTED = ("warning", "error", "exception", "fatal")

# What the validator misses in a PDF that is no e-invoice: the Factur-X part of its metadata and
# the XML itself (numbers of its sections).
NO_XML = "17"
NO_INVOICE = frozenset({"11", "12", "13", "14", "15", "16", NO_XML, "19", "21"})

FAILED_CLAUSE = re.compile(
    r"clause=([^,\]]*), testNumber=(\d+)\], status=failed, message=(.*?), location=", re.DOTALL
)

# Where gross prices stand, the tax of a rate is what its net leaves of them, which may be a cent
# off the product that the validator sums by itself.
SUM = re.compile(r"Payable total in XML is ([\d.]+), but calculated total is ([\d.]+) ")
GROSS_CENTS = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint: severity, section of the validator (or a clause of PDF/A), message."""

    severity: str
    section: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {self.section}: {self.message}"


def findings(report: str) -> list[Finding]:
    """Every complaint of a report, the failed clauses of PDF/A among them, each once."""
    root = ElementTree.fromstring(report)
    found = [
        Finding(element.tag, element.get("type", ""), " ".join((element.text or "").split()))
        for element in root.iter()
        if element.tag in COUNTED
    ]
    conformity = root.findtext("pdf") or ""
    if "isCompliant=false" in conformity:
        clauses = FAILED_CLAUSE.findall(conformity) or [("PDF/A", "0", "not conformant")]
        found += [Finding("error", f"{one}-{two}", text) for one, two, text in clauses]
    if not found and root.find("summary[@status='valid']") is None:
        found.append(Finding("error", "0", "not valid, without a reason given"))
    return list(dict.fromkeys(found))


def is_cent(finding: Finding) -> bool:
    """Whether two sums differ by no more than gross prices may."""
    sums = SUM.search(finding.message)
    if sums is None:
        return False
    return abs(Decimal(sums[1]) - Decimal(sums[2])) <= Decimal(GROSS_CENTS) / 100


def complaints(path: Path, report: str) -> list[Finding]:
    """The findings that count for this kind of file."""
    found = findings(report)
    if "-gross-" in path.name:
        found = [one for one in found if not is_cent(one)]
    is_plain = path.suffix.lower() == ".pdf" and "factur-x" not in path.name.lower()
    if is_plain and NO_XML in {one.section for one in found}:
        return [one for one in found if one.section not in NO_INVOICE]
    return found


def validator() -> Path:
    """The validator's archive, fetched by Maven once per version."""
    version = re.search(r"<artifactId>validator</artifactId>\s*<version>(.*?)<", POM.read_text())
    assert version is not None
    archive = CACHE / f"validator-{version[1]}-shaded.jar"
    if not archive.exists():
        goal = ["dependency:copy", f"-DoutputDirectory={CACHE}"]
        subprocess.run(["mvn", "-q", "-B", "-f", str(POM), *goal], check=True)
    return archive


def install_java() -> None:
    """Maven and a compiler, from the system's packages where they are missing."""
    if not (shutil.which("mvn") and shutil.which("javac")):
        packages = ["maven", "default-jdk-headless"]
        subprocess.run([str(ROOT / "tools" / "system_packages.sh"), *packages], check=True)


def reports(files: Sequence[Path]) -> Mapping[str, str]:
    """The validator's report by path; it may end early, then the rest is missing."""
    command = ["java", "-Xmx1g", "-cp", str(validator()), str(JUDGE), *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    lines = (line.split("\t") for line in done.stdout.decode().splitlines() if "\t" in line)
    return {path: base64.b64decode(report).decode() for path, report in lines}


def judge(files: Sequence[Path]) -> Iterator[tuple[Path, list[Finding]]]:
    """Each file with what counts against it."""
    given = reports(files)
    for path in files:
        report = given.get(str(path))
        no_verdict = [Finding("fatal", "0", "the validator gave no verdict")]
        yield path, complaints(path, report) if report else no_verdict


def main(folder: Path) -> int:
    """Print one line per file, its complaints below it, and the sum; 1 if any file failed."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".pdf", ".xml"))
    if not files:
        print(f"referee: no PDF or XML in {folder}", file=sys.stderr)
        return 1
    install_java()
    passed = 0
    for path, against in judge(files):
        passed += not against
        print(f"{'FAILED' if against else 'passed'}  {path.relative_to(folder)}")
        for complaint in against:
            print(f"        {complaint}")
    print(f"{passed} passed, {len(files) - passed} failed")
    return 1 if passed < len(files) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
