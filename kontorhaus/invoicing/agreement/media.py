"""Which files may be enclosed, and how each is told (EN 16931, BT-125)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from kontorhaus.kernel.errors import Invalid

MOST = 10
MOST_BYTES = 1024 * 1024

PDF, PNG, JPEG, CSV = "application/pdf", "image/png", "image/jpeg", "text/csv"
TEXT = "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
TYPES = (PDF, PNG, JPEG, CSV, XLSX, ODS)
# What has an inside that `inspection` knows.
INSPECTED = frozenset({PDF, PNG, JPEG})

_BY_ENDING: Mapping[str, str] = {
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "csv": CSV,
    "xlsx": XLSX,
    "ods": ODS,
}
_MAGIC: Mapping[str, bytes] = {
    PDF: b"%PDF-",
    PNG: b"\x89PNG\r\n\x1a\n",
    JPEG: b"\xff\xd8\xff",
    XLSX: b"PK\x03\x04",
    ODS: b"PK\x03\x04",
}
# One part of a path, for every system; it may stand in a URI and in a PDF.
_NAME = re.compile(r"[\w][\w .()+,\-]{0,98}\.([A-Za-z]{3,4})")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_OWN_NAME = "factur-x.xml"


def media_type(name: str, content: bytes) -> str:
    """What a file is, by its name and its content alike; `inspection` looks inside.

    Invalid("attachment").
    """
    found = _NAME.fullmatch(name)
    told = _BY_ENDING.get(found[1].lower()) if found else None
    if told is None or name.lower() == _OWN_NAME:
        raise _refused("Its name has no other signs than letters, digits, blank . ( ) + , - _ and "
                       "ends in .pdf, .png, .jpg, .csv, .xlsx or .ods.")  # fmt: skip
    if not content:
        raise _refused("It is empty.")
    if len(content) > MOST_BYTES:
        raise _refused("It has more than 1 MiB.")
    if not _is(told, content):
        raise _refused(f"It is called .{found[1] if found else ''} but is something else.")
    return told


def carried(name: str, content: bytes) -> str | None:
    """What a file inside a PDF is, whatever its name; None for one that has no place there."""
    ending = name.rpartition(".")[2].lower()
    told = TEXT if ending in ("xml", "txt") else _BY_ENDING.get(ending)
    return told if told and _is(told, content) else None


def _refused(reason: str) -> Invalid:
    return Invalid("attachment", reason)


def _is(told: str, content: bytes) -> bool:
    if told in (CSV, TEXT):
        return _CONTROL.search(content) is None
    if not content.startswith(_MAGIC[told]):
        return False
    return told not in (XLSX, ODS) or _is_sheet(told, content)


def _is_sheet(told: str, content: bytes) -> bool:
    """Whether a ZIP lists the parts of such a workbook, and no macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            first = archive.namelist()[:1]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    if told == XLSX:
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return {"[Content_Types].xml", "xl/workbook.xml"} <= names and not has_macros
    # OpenDocument 1.2, part 3, 3.3: the first entry, stored as it is, tells the media type
    return first == ["mimetype"] and content[38:].startswith(ODS.encode())
