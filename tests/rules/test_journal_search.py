"""The digest of a block of the journal never denies a text that is there."""

from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.ledger.search import rules


@given(st.lists(st.text(max_size=40), max_size=20), st.data())
def test_a_digest_has_the_bits_of_every_part_of_its_texts(texts, data):
    digest = rules.digest(texts)
    assert len(digest) == rules.DIGEST_BITS // 8
    text = data.draw(st.sampled_from(texts)) if texts else ""
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    assert all(digest[bit // 8] >> bit % 8 & 1 for bit in rules.bits(part))


def test_a_digest_denies_most_texts_that_are_not_there():
    digest = rules.digest(f"rechnung {number}" for number in range(1_000))
    found = [bit for bit in rules.bits("nashorn") if digest[bit // 8] >> bit % 8 & 1]
    assert len(found) < len(rules.bits("nashorn"))


def test_a_text_of_two_signs_says_nothing():
    assert len(rules.bits("nas")) == 1
    assert rules.bits("na") == set()


def test_blocks_follow_each_other_without_a_gap():
    assert rules.numbers(0) == (1, 1_024)
    assert rules.numbers(1) == (1_025, 2_048)
    assert [rules.block_of(number) for number in (1, 1_024, 1_025)] == [0, 0, 1]
