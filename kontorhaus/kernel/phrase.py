"""A sentence with values in it that can still be said in another language."""

from __future__ import annotations

from collections.abc import Mapping


class Phrase(str):
    """The finished English sentence, which knows its pattern and what fills its %(name)s.

    The pattern is what a catalogue knows; a sentence without values needs no phrase.
    """

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, **values: object) -> Phrase:
        """Fill the pattern; KeyError where a value is missing."""
        phrase = super().__new__(cls, pattern % values if values else pattern)
        phrase.pattern = pattern
        phrase.values = values
        return phrase
