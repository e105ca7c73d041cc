"""The inside of a foreign PDF or picture; runs in a workshop process, since it may be hostile."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from PIL import Image

from kontorhaus.invoicing.agreement import media
from kontorhaus.kernel.errors import Invalid

MOST_PIXELS = 50_000_000

# ISO 32000-1, 12.6.4: what makes a reader run, load or send something.
_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"})
_SCRIPTS = ("/JS", "/XFA")
_FORMATS = {media.PNG: "PNG", media.JPEG: "JPEG"}
_DEEPEST = 2


def check(media_type: str, content: bytes) -> None:
    """Invalid("attachment") says what is wrong inside a PDF or a picture, and what helps."""
    if media_type == media.PDF:
        _check_pdf(content, _DEEPEST)
    elif media_type in _FORMATS:
        _check_picture(content, _FORMATS[media_type])


def _refused(reason: str) -> Invalid:
    return Invalid("attachment", reason)


def _encrypted() -> Invalid:
    return _refused("This PDF is encrypted: save it without a password.")


def _check_pdf(content: bytes, levels: int) -> None:
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as opened:
            if opened.is_encrypted:
                raise _encrypted()
            _check_pages(opened)
            for each in _dictionaries(opened):
                _check_passive(each)
                _check_carried(each, levels)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise _refused("This PDF is damaged: print it to a new PDF.") from error


def _check_pages(opened: pikepdf.Pdf) -> None:
    """Every page has what it shows; PdfError where that cannot be read."""
    if not opened.pages:
        raise pikepdf.PdfError("no page")
    for page in opened.pages:
        shown = page.obj.get("/Contents")
        for part in shown if isinstance(shown, pikepdf.Array) else [shown]:
            if isinstance(part, pikepdf.Stream):
                part.read_bytes()


def _dictionaries(opened: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of a PDF, streams' and nested ones too."""
    waiting = [each for each in opened.objects if isinstance(each, pikepdf.Object)]
    waiting.append(opened.trailer)
    while waiting:
        found = waiting.pop()
        if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            yield found
            inner = [found.get(name) for name in found.keys()]  # noqa: SIM118
        elif isinstance(found, pikepdf.Array):
            inner = list(found)
        else:
            continue
        waiting += [
            each for each in inner if isinstance(each, pikepdf.Object) and not each.is_indirect
        ]


def _check_passive(each: pikepdf.Object) -> None:
    action = each.get("/S")
    acts = isinstance(action, pikepdf.Name) and str(action) in _ACTIONS
    if acts or any(name in each for name in _SCRIPTS):
        raise _refused(
            "This PDF has a script or an action that starts something (JavaScript, Launch): "
            "print it to a new PDF."
        )


def _check_carried(each: pikepdf.Object, levels: int) -> None:
    """The files inside a PDF: documents, pictures, tables and texts, and no deeper nest."""
    if "/EF" not in each:
        return
    names = [str(each[key]) for key in ("/UF", "/F") if key in each]
    for content in (each.EF[key].read_bytes() for key in each.EF.keys()):  # noqa: SIM118
        kinds = {media.carried(name, content) for name in names} or {None}
        if None in kinds or (media.PDF in kinds and levels == 0):
            raise _refused(
                "This PDF carries a file that is no PDF, picture, table, XML or plain text: "
                "take it out."
            )
        for kind in kinds:
            if kind == media.PDF:
                _check_pdf(content, levels - 1)
            elif kind:
                check(kind, content)


def _check_picture(content: bytes, form: str) -> None:
    """The picture is of a bearable size and can be drawn to its last row."""
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _refused(
                    f"A picture has at most {MOST_PIXELS // 1_000_000} million pixels: "
                    "make it smaller."
                )
            opened.verify()
        with Image.open(io.BytesIO(content), formats=[form]) as opened:
            opened.load()
    except Image.DecompressionBombError as error:
        raise _refused("This picture has too many pixels: make it smaller.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _refused("This picture is damaged: save it anew.") from error
