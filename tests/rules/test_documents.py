"""Documents keep up with the program: settings are explained, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
VARIABLE = re.compile(r"KONTORHAUS_[A-Z_]+")
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]+)(#[^)]*)?\)")


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    program = (ROOT / "kontorhaus").rglob("*.py")
    known = {name for path in program for name in VARIABLE.findall(path.read_text("utf-8"))}
    guide = (ROOT / "docs" / "guide" / "operate.md").read_text("utf-8")
    explained = set(re.findall(r"^\| .*`(KONTORHAUS_[A-Z_]+)` \|", guide, re.MULTILINE))
    assert explained == known


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(path: Path) -> None:
    for target, _ in LINK.findall(path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "adr"
    listed = set(re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}


def test_lock_files_name_no_registry() -> None:
    for path in (*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json", ROOT / ".npmrc"):
        assert "://" not in path.read_text("utf-8"), path.name
