"""A foreign PNG or JPEG, painted anew as a PNG: its pixels and nothing else."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from kontorhaus.kernel.errors import Invalid

WIDEST = 7
MOST_PIXELS = 25_000_000

# Of 13 mm on paper: from 600 to 150 dots an inch, until it is small enough for every document.
_HEIGHTS = (320, 240, 160, 80)
_MOST_BYTES = 30_000
_COLOURS = 256


def rewritten(content: bytes) -> bytes:
    """The picture as a PNG of at most 30 kB; Invalid("logo") if it cannot be read."""
    with _opened(content) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _refused(f"A logo has at most {MOST_PIXELS // 1_000_000} million pixels.")
        try:
            picture.load()
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise _refused("This picture is damaged.") from error
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    for height in _HEIGHTS:
        upright.thumbnail((height * WIDEST, height), Image.Resampling.LANCZOS)
        drawn = _with_room(upright)
        for written in (_png(drawn), _png(drawn.quantize(_COLOURS))):
            if len(written) <= _MOST_BYTES:
                return written
    raise _refused("This picture is too complex for a logo: save it as SVG, or simplify it.")


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused("A logo is an SVG, PNG or JPEG picture.") from error


def _with_room(picture: Image.Image) -> Image.Image:
    """A very wide picture gets room above and below."""
    height = max(picture.height, -(-picture.width // WIDEST))
    if height == picture.height:
        return picture
    wide = Image.new("RGBA", (picture.width, height))
    wide.paste(picture, (0, (height - picture.height) // 2))
    return wide


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _refused(message: str) -> Invalid:
    return Invalid("logo", message, field="file")
