"""What a secret seals only the same secret opens, for the same purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Conflict
from kontorhaus.runtime import secret
from kontorhaus.runtime.secret import Secret

OURS, THEIRS = Secret(b"a" * 32), Secret(b"b" * 32)


@given(st.binary(max_size=200))
def test_what_was_sealed_can_be_read_again(plain: bytes) -> None:
    assert OURS.unseal(OURS.seal(plain, purpose="test"), purpose="test") == plain


def test_the_same_text_is_never_sealed_alike() -> None:
    assert OURS.seal(b"plain", purpose="test") != OURS.seal(b"plain", purpose="test")


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_a_changed_byte_is_found(place: int) -> None:
    sealed = bytearray(OURS.seal(b"plain", purpose="test"))
    sealed[place] ^= 1
    with pytest.raises(Conflict):
        OURS.unseal(bytes(sealed), purpose="test")


def test_neither_another_secret_nor_another_purpose_opens() -> None:
    sealed = OURS.seal(b"plain", purpose="test")
    with pytest.raises(Conflict):
        THEIRS.unseal(sealed, purpose="test")
    with pytest.raises(Conflict):
        OURS.unseal(sealed, purpose="other")


def test_a_new_key_seals_and_the_older_ones_still_open(tmp_path: Path) -> None:
    before = secret.of(tmp_path)
    sealed, digest = before.seal(b"plain", purpose="test"), before.digest("token", purpose="test")
    assert [secret.rotate(tmp_path), secret.rotate(tmp_path)] == [2, 3]
    after = secret.of(tmp_path)
    assert after.unseal(sealed, purpose="test") == b"plain"
    assert after.digest("token", purpose="test") == digest
    with pytest.raises(Conflict):
        before.unseal(after.seal(b"plain", purpose="test"), purpose="test")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", [0, 31, 33, 63])
def test_half_a_key_is_none(tmp_path: Path, size: int) -> None:
    (tmp_path / "secret").write_bytes(b"x" * size)
    with pytest.raises(Conflict):
        secret.of(tmp_path)
