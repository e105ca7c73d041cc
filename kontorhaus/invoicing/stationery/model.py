"""How the documents of an organization look and read, and in whose name they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Theme = Literal["modern", "classic"]
THEMES: tuple[Theme, ...] = ("modern", "classic")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was read and written anew, so that nothing foreign is left in it.

    What is frozen with a document is its name, the SHA-256 of its content; the content itself
    stands beside it and is put back when a document is read.
    """

    format: Literal["svg", "png"]
    sha256: str
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Brand:
    """How documents look; `accent` is a colour as #rrggbb."""

    theme: Theme = "modern"
    accent: str = "#0f5c6e"
    tagline: str = ""
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """What a document says before and after its lines unless its own text is given."""

    introduction: str = ""
    notes: str = ""


NOTHING_SAID = Wording()


@dataclass(frozen=True, slots=True)
class Stationery:
    """The letter paper of an organization, shared by TEST and LIVE.

    `texts` holds the wording by type of document and language, `price_layouts` net or gross by
    type. E-mails come in the name of `sender_name`, answers go to `reply_to` (else the company's
    own address), and the copy that was asked for to `copy_to` (the same).
    """

    brand: Brand = Brand()
    texts: Mapping[str, Mapping[str, Wording]] = field(default_factory=dict)
    price_layouts: Mapping[str, str] = field(default_factory=dict)
    sender_name: str = ""
    reply_to: str = ""
    copy_to: str = ""

    def wording(self, document_type: str, language: str) -> Wording:
        """What documents of a type say in a language."""
        return self.texts.get(document_type, {}).get(language, NOTHING_SAID)
