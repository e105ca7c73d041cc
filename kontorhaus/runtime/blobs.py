"""Stored files by their content: named by their SHA-256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, from_url

from kontorhaus.kernel.errors import NotFound

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """A folder of this machine, or a bucket by its URL (`s3://bucket/prefix`).

    A blob lies at `ab/cd/<sha256>`. On return of `put` it is durable: a bucket is so by itself;
    in a folder the file and its directories are flushed to the disk here, because the local store
    of obstore only links a finished file into place and leaves the flushing to the system.
    Credentials of a bucket come from the usual AWS_* variables.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        place = str(url_or_path)
        if place.startswith("file://"):
            place = unquote(urlsplit(place).path)
        if "://" in place:
            self._folder = None
            self._store = from_url(place)
        else:
            self._folder = Path(place).absolute()
            _make_private(self._folder)
            self._store = LocalStore(self._folder)

    def put(self, content: bytes) -> str:
        """Store the content unless it is there, and return its SHA-256 in lower case hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            obstore.put(self._store, _place(sha256), content, mode="create")
        except AlreadyExistsError:
            # a loss of power before the flush may have left a file without its content
            if self._folder is not None and self.get(sha256) != content:
                obstore.put(self._store, _place(sha256), content, mode="overwrite")
        if self._folder is not None:
            _flush(self._folder / _place(sha256), self._folder)
        return sha256

    def put_file(self, file: IO[bytes], sha256: str) -> None:
        """Store a file from its present position on; `sha256` was counted while it was written."""
        try:
            obstore.put(self._store, _place(sha256), file, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        if self._folder is not None:
            _flush(self._folder / _place(sha256), self._folder)

    def get(self, sha256: str) -> bytes:
        """The content; NotFound if it is not stored."""
        try:
            return bytes(obstore.get(self._store, _place(sha256)).bytes())
        except FileNotFoundError:
            raise _not_found(sha256) from None

    def blocks(self, sha256: str) -> Iterator[bytes]:
        """The content, some of it at a time; NotFound if it is not stored."""
        try:
            for block in obstore.get(self._store, _place(sha256)).stream():
                yield bytes(block)
        except FileNotFoundError:
            raise _not_found(sha256) from None

    def exists(self, sha256: str) -> bool:
        try:
            self.size(sha256)
        except NotFound:
            return False
        return True

    def size(self, sha256: str) -> int:
        """The length in bytes, without reading the content; NotFound if it is not stored."""
        try:
            return int(obstore.head(self._store, _place(sha256))["size"])
        except FileNotFoundError:
            raise _not_found(sha256) from None

    def hashes(self) -> Iterator[str]:
        """The SHA-256 names of all stored blobs, in no order."""
        for entries in obstore.list(self._store):
            for entry in entries:
                name = str(entry["path"]).rpartition("/")[2]
                if _SHA256.fullmatch(name):
                    yield name


def _place(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise _not_found(sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _not_found(sha256: str) -> NotFound:
    return NotFound("blob", "There is no stored file with this hash.", sha256=sha256)


def _make_private(folder: Path) -> None:
    """Create the folder for the own account only; one that exists keeps its rights."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)


def _flush(path: Path, top: Path) -> None:
    """Bring a file, and the directories through which it is found, to the disk."""
    for place in (path, *path.parents):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if place == top:
            return
