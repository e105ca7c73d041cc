"""Work that runs ahead in a thread: the same blocks, its errors, and its end."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.runtime.ahead import ahead


@given(st.lists(st.integers()), st.integers(1, 4))
def test_blocks_come_as_they_were_made(blocks, depth):
    assert list(ahead(blocks, depth)) == blocks


def test_an_error_comes_after_the_blocks_before_it():
    def made():
        yield from (1, 2)
        raise ValueError("broken")

    taken = []
    with pytest.raises(ValueError, match="broken"):
        taken.extend(ahead(made(), 2))
    coming = ahead(made(), 4)
    assert [next(coming), next(coming)] == [1, 2]


def test_who_leaves_early_stops_the_making_and_leaves_no_thread():
    made = []

    def endless():
        while True:
            made.append(len(made))
            yield made[-1]

    before = threading.active_count()
    coming = ahead(endless(), 2)
    assert next(coming) == 0
    coming.close()
    assert threading.active_count() == before
    assert len(made) <= 4


def test_no_more_is_made_than_may_wait():
    made = []

    def counted():
        for number in range(10):
            made.append(number)
            yield number

    coming = ahead(counted(), 2)
    for taken in range(5):
        assert next(coming) == taken
        assert len(made) <= taken + 1 + 2
