"""What a secret seals only the same secret opens, for the same purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Conflict
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
