"""Blobs in a real folder, and by URL."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.blobs import Blobs

CONTENT = b"%PDF-1.7 an invoice"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "deep" / "blobs")


def stored_file(folder: Path) -> Path:
    return folder / "deep" / "blobs" / SHA256[:2] / SHA256[2:4] / SHA256


def test_a_blob_is_named_by_its_content(blobs: Blobs, tmp_path: Path) -> None:
    assert blobs.put(CONTENT) == SHA256
    assert blobs.get(SHA256) == CONTENT
    assert blobs.size(SHA256) == len(CONTENT)
    assert stored_file(tmp_path).read_bytes() == CONTENT


def test_the_same_content_is_stored_once(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(CONTENT)
    before = stored_file(tmp_path).stat()
    assert blobs.put(CONTENT) == SHA256
    after = stored_file(tmp_path).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(blobs.hashes()) == [SHA256]


def test_twins_at_the_same_time_store_it_once(blobs: Blobs) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(lambda _: blobs.put(CONTENT), range(32)))
    assert answers == {SHA256}
    assert list(blobs.hashes()) == [SHA256]


def test_a_file_that_lost_its_content_is_healed_by_the_next_put(
    blobs: Blobs, tmp_path: Path
) -> None:
    blobs.put(CONTENT)
    stored_file(tmp_path).write_bytes(b"")
    blobs.put(CONTENT)
    assert blobs.get(SHA256) == CONTENT


def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    assert blobs.get(blobs.put(b"")) == b""


@pytest.mark.parametrize("name", [SHA256, "", "../../../etc/passwd", SHA256.upper(), "a" * 63])
def test_what_is_not_stored_is_not_found(blobs: Blobs, name: str) -> None:
    with pytest.raises(NotFound):
        blobs.get(name)
    with pytest.raises(NotFound):
        blobs.size(name)
    assert not blobs.exists(name)


def test_all_hashes_are_listed_and_foreign_files_are_not(blobs: Blobs, tmp_path: Path) -> None:
    stored = {blobs.put(str(number).encode()) for number in range(50)}
    (tmp_path / "deep" / "blobs" / "notes.txt").write_text("of somebody")
    assert set(blobs.hashes()) == stored
    assert all(blobs.exists(sha256) for sha256 in stored)


def test_the_folder_is_closed_to_others(blobs: Blobs, tmp_path: Path) -> None:
    assert (tmp_path / "deep" / "blobs").stat().st_mode & 0o777 == 0o700


def test_a_folder_by_url_is_the_same_folder(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(CONTENT)
    assert Blobs((tmp_path / "deep" / "blobs").as_uri()).get(SHA256) == CONTENT


def test_a_store_by_url_keeps_the_same_promises() -> None:
    blobs = Blobs("memory:///")
    assert blobs.put(CONTENT) == blobs.put(CONTENT) == SHA256
    assert blobs.get(SHA256) == CONTENT
    assert list(blobs.hashes()) == [SHA256]
    assert not blobs.exists("0" * 64)
