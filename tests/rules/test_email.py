"""What can be an e-mail address."""

from __future__ import annotations

import pytest

from kontorhaus.kernel import email


@pytest.mark.parametrize(
    "text", ["a@b.de", "anna.o'neil+rechnung@mail.müller-söhne.de", f"{'a' * 64}@b.de"]
)
def test_an_address_is_taken(text: str) -> None:
    assert email.is_address(text)


BAD = ["", "a", "a@b", "@b.de", "a@b..de", "a@.de", "a@b.de.", "a b@c.de", "a@b@c.de"]
BAD += ["Anna <a@b.de>", "a@b.de,c@d.de", "a@b.de\nBcc: x@y.de", "a@b.de\x00", "a\u200b@b.de"]
BAD += [f"{'a' * 65}@b.de", f"a@{'b.' * 126}de"]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    assert not email.is_address(text)
