"""Backup and restore: database, stored files and secret in one archive."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from kontorhaus import __version__
from kontorhaus.app.start import database_server
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime import migrate, postgres_binaries, secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.database import SCHEMA

_FORMAT = 1
_DUMP = "database.dump"
_SECRET = "secret"  # noqa: S105 - the name of a file
_MANIFEST = "manifest.json"
_BLOBS = "blobs/"

Progress = Callable[[str], None]


def backup(config: Config, target: Path, *, progress: Progress) -> int:
    """Write everything into one tar file and return its size in bytes.

    The database is dumped first: files are only ever added, so that those it names are there.
    The archive appears under its name when it is whole. It holds the secret: keep it safe.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with database_server(config) as conninfo, tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / _DUMP
        progress("database")
        _run(
            config,
            "pg_dump",
            "--format=custom",
            f"--schema={SCHEMA}",
            "--file",
            str(dump),
            conninfo.owner,
        )
        with tarfile.open(draft, "w") as archive:
            _add(archive, _MANIFEST, json.dumps(_manifest(), indent=1).encode())
            secret.of(config.home)
            archive.add(config.home / "secret", _SECRET)
            archive.add(dump, _DUMP)
            blobs = Blobs(config.blob_url or str(config.home / "blobs"))
            for name in blobs.hashes():
                progress("files")
                _add(archive, _BLOBS + name, blobs.get(name))
    draft.chmod(0o600)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    return target.stat().st_size


def restore(config: Config, source: Path, *, progress: Progress) -> None:
    """Bring a backup back into an empty home (or an empty database) and up to this version.

    Conflict("home_not_empty") if there is a schema already; Invalid("backup") if the file is none.
    """
    with _opened(source) as archive, tempfile.TemporaryDirectory() as folder:
        _check(archive)
        with database_server(config) as conninfo:
            _refuse_existing(conninfo.owner)
            progress("database")
            dump = Path(folder) / _DUMP
            dump.write_bytes(_read(archive, _DUMP))
            migrate.prepare_roles(conninfo.owner)
            _run(
                config,
                "pg_restore",
                "--exit-on-error",
                "--single-transaction",
                "--dbname",
                conninfo.owner,
                str(dump),
            )
            _restore_secret(config, _read(archive, _SECRET))
            blobs = Blobs(config.blob_url or str(config.home / "blobs"))
            for member in archive.getmembers():
                if member.name.startswith(_BLOBS):
                    progress("files")
                    blobs.put(_read(archive, member.name))
            migrate.migrate(conninfo.owner)


def _manifest() -> dict[str, object]:
    steps = migrate.migrations()
    return {"format": _FORMAT, "program": __version__, "schema": steps[-1].version}


def _opened(source: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(source)
    except tarfile.TarError as error:
        raise _no_backup() from error


def _no_backup() -> Invalid:
    return Invalid("backup", "This file is no backup of Kontorhaus.")


def _check(archive: tarfile.TarFile) -> None:
    try:
        manifest = json.loads(_read(archive, _MANIFEST))
    except (KeyError, ValueError, tarfile.TarError) as error:
        raise _no_backup() from error
    newest = migrate.migrations()[-1].version
    if manifest["format"] != _FORMAT or manifest["schema"] > newest:
        raise Conflict(
            "schema_newer", f"The backup was made by {manifest['program']}: use that version."
        )


def _refuse_existing(conninfo: str) -> None:
    if migrate.has_schema(conninfo):
        raise Conflict(
            "home_not_empty",
            "There is a database already: restore into an empty KONTORHAUS_HOME.",
        )


def _restore_secret(config: Config, content: bytes) -> None:
    path = config.home / "secret"
    if path.exists() and path.read_bytes() != content:
        raise Conflict("home_not_empty", f"{path} is there already: use an empty home.")
    secret.put(config.home, content)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


def _run(config: Config, tool: str, *arguments: str) -> None:
    program = postgres_binaries.find(config.postgres_bin).tool(tool)
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        [str(program), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Conflict("database_tool", f"{tool} failed: {done.stderr.strip()[-500:]}")
