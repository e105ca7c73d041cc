"""The texts that people read, in German and English, from the gettext catalogues.

The English texts in code and templates are the message ids; the catalogues lie in
`kontorhaus/locale` and are read from their .po files, so no build step is needed.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kontorhaus.kernel.phrase import Phrase

CATALOGUES = Path(__file__).parents[1] / "locale"
CODES = ("de", "en")


@cache
def translations(code: str) -> gettext.NullTranslations:
    """The catalogue of a code of CODES, compiled in memory."""
    compiled = BytesIO()
    with (CATALOGUES / code / "LC_MESSAGES" / "kontorhaus.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translated(code: str, text: str) -> str:
    """A sentence in a language, where its catalogue has it, with the values of a phrase."""
    if isinstance(text, Phrase):
        return translations(code).gettext(text.pattern) % text.values
    return translations(code).gettext(text) if text else text


class Words:
    """The texts of one language; `code` is one of CODES."""

    def __init__(self, code: str) -> None:
        self._translations = translations(code)

    def text(self, message: str, **values: object) -> str:
        """The message in this language, its %(name)s filled."""
        translated = self._translations.gettext(message)
        return translated % values if values else translated
