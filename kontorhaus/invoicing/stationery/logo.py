"""A logo from a foreign file; runs in a workshop process, since the file may be hostile."""

from __future__ import annotations

import hashlib

from kontorhaus.invoicing.stationery import raster, svg
from kontorhaus.invoicing.stationery.model import Logo
from kontorhaus.kernel.errors import Invalid

MOST_BYTES = 1024 * 1024
LARGEST = 100_000

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def read(content: bytes) -> Logo:
    """The picture of a file, written anew.

    Invalid: file_too_large beyond 1 MiB, logo for one that cannot be read or is too complex.
    """
    if len(content) > MOST_BYTES:
        raise Invalid("file_too_large", "The file of a logo has at most 1 MiB.", field="file")
    is_raster = content.startswith(_MAGIC)
    written = raster.rewritten(content) if is_raster else svg.rewritten(content)
    if len(written) > LARGEST:
        raise Invalid(
            "logo", "The logo is too complex: simplify it, or save it as PNG.", field="file"
        )
    return Logo("png" if is_raster else "svg", hashlib.sha256(written).hexdigest(), written)
