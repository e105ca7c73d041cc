"""Files beside a letter: what a PDF/A-3 carries along (ISO 19005-3, 6.8)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pikepdf


@dataclass(frozen=True, slots=True)
class File:
    """A file by its name, its media type and what it is."""

    name: str
    media_type: str
    description: str
    content: bytes


def attached(pdf: bytes, files: Sequence[File], *, day: date) -> bytes:
    """The PDF with the files; each is a supplement, as of the day of the letter."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for file in files:
            made = pikepdf.AttachedFileSpec(
                opened,
                file.content,
                description=file.description or file.name,
                filename=file.name,
                mime_type=file.media_type,
                creation_date=f"D:{day:%Y%m%d}120000Z",
                mod_date=f"D:{day:%Y%m%d}120000Z",
            )
            made.relationship = pikepdf.Name.Supplement
            opened.attachments[file.name] = made
            _associate(opened, opened.attachments[file.name].obj)
        out = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate
        opened.save(out, object_stream_mode=mode, deterministic_id=True)
        return out.getvalue()


def _associate(opened: pikepdf.Pdf, file: pikepdf.Object) -> None:
    """Every embedded file is associated with the document."""
    if "/AF" not in opened.Root:
        opened.Root.AF = pikepdf.Array()
    opened.Root.AF.append(file)
