"""Rules of files: what may be stored, under which name, and how long the law keeps it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from kontorhaus.files.model import RETENTION_YEARS
from kontorhaus.kernel.errors import Invalid

MAX_BYTES = 10 * 1024 * 1024

PDF, JPEG, PNG, XML = "application/pdf", "image/jpeg", "image/png", "application/xml"

_ENDINGS: Mapping[str, str] = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", XML: ".xml"}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
)
# Other spellings of the same; a sender that does not know says octet-stream or nothing.
_ALIASES: Mapping[str, str] = {
    "image/jpg": JPEG,
    "image/pjpeg": JPEG,
    "image/x-png": PNG,
    "text/xml": XML,
    "application/x-pdf": PDF,
}
_UNKNOWING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# An electronic invoice (EN 16931) names its syntax near its beginning.
_XML_HEAD = 4096
_INVOICE_MARKS = (
    b"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:",
    b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    b"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
)
_NAME_BYTES = 255
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}", re.ASCII)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Names that Windows keeps for devices, with any ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE | re.ASCII)


def media_type(content: bytes) -> str | None:
    """What the first bytes say it is: PDF, JPEG, PNG or an XML invoice; None for all else."""
    for magic, found in _MAGIC:
        if content.startswith(magic):
            return found
    head = content[:_XML_HEAD].removeprefix(_BYTE_ORDER_MARK).lstrip()
    is_invoice = head.startswith(b"<") and any(mark in head for mark in _INVOICE_MARKS)
    # a document type could make a reader fetch or unfold things, and no invoice has one
    return XML if is_invoice and b"<!DOCTYPE" not in content else None


def check(content: bytes, *, declared: str) -> str:
    """The media type of an upload that may be stored; `declared` is what its sender calls it.

    Invalid: empty_file, file_too_large, invalid_file_type, mime_mismatch.
    """
    if not content:
        raise Invalid("empty_file", "The file is empty.", field="file")
    if len(content) > MAX_BYTES:
        raise Invalid("file_too_large", "A file has at most 10 MB.", field="file")
    found = media_type(content)
    if found is None:
        raise Invalid(
            "invalid_file_type",
            "A file is a PDF, a JPEG or PNG picture, or an XML invoice.",
            field="file",
        )
    said = declared.partition(";")[0].strip().lower()
    if said not in _UNKNOWING and _ALIASES.get(said, said) != found:
        raise Invalid("mime_mismatch", f"The file is {found}, not {said}.", field="file")
    return found


def safe_name(name: str, media_type: str) -> str:
    """The name as it is kept: one part of a path, in NFC, at most 255 bytes, for every system."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(sign for sign in last if sign.isprintable())
    plain = _FORBIDDEN.sub("_", shown).strip().lstrip(".").rstrip(". ")
    if not plain:
        return f"document{_ENDINGS[media_type]}"
    if _DEVICE.match(plain):
        plain = f"_{plain}"
    return _shortened(plain)


def retention_until(retention_class: str, day: date) -> date:
    """The last day on which the law wants a document that came to be on `day`.

    The years begin with the end of the calendar year (§ 147 (4) AO).
    """
    return date(day.year + RETENTION_YEARS[retention_class], 12, 31)


def _shortened(name: str) -> str:
    """The beginning of a long name with its ending, cut between characters."""
    if len(name.encode()) <= _NAME_BYTES:
        return name
    stem, dot, last = name.rpartition(".")
    ending = dot + last if _ENDING.fullmatch(dot + last) else ""
    start = (stem if ending else name).encode()[: _NAME_BYTES - len(ending)]
    return start.decode(errors="ignore").rstrip() + ending
