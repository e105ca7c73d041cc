"""The documents that booking rows name, as packages for DATEV's Belegtransfer.

A package is a flat ZIP with `document.xml` (DATEV XML-Schnittstelle online, document version 6.0):
each document has the GUID that stands in Beleglink (`BEDI "GUID"`). Belegtransfer takes packages
as they are; so they lie in the archive of an export as files of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from lxml import etree

from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.reports.datev import file as datev_file
from kontorhaus.reports.datev.file import DatevExport
from kontorhaus.reports.datev.model import DocumentFile, LinkedDocument
from kontorhaus.runtime.blobs import Blobs

# DATEV takes up to 465 MB a package and advises about 100, and fewer than 5,000 documents.
PACKAGE_BYTES = 100 * 1024 * 1024
PACKAGE_DOCUMENTS = 4_999
# What one export may hold in all; a person downloads it.
MOST_BYTES = 2 * 1024 * 1024 * 1024

_NAMESPACE = "http://xml.datev.de/bedi/tps/document/v06.0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ARCHIVE = (
    f'<archive xmlns="{_NAMESPACE}" xmlns:xsi="{_XSI}"'
    f' xsi:schemaLocation="{_NAMESPACE} Document_v060.xsd" version="6.0"'
    ' generatingSystem="Kontorhaus"/>'
)
# Which book a document belongs to, where DATEV knows one; and: file it away, do not book it.
_BOOKS = {"incoming": "1", "outgoing": "2"}
_FILED = "2"
_IN_MEMORY = 8 * 1024 * 1024
_COPIED = 256 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_ENDING = re.compile(r"\.(pdf|jpe?g|png|xml)$", re.IGNORECASE)
_STEM = 60


def check_size(documents: Iterable[LinkedDocument]) -> None:
    """Invalid("documents_too_large") if an export could not hold them."""
    size = sum(file.size for document in documents for file in document.files)
    if size > MOST_BYTES:
        raise Invalid(
            "documents_too_large",
            f"The documents have {size} bytes; one export holds at most {MOST_BYTES}.",
            bytes=size,
            limit=MOST_BYTES,
            remedy="a shorter range, or documents=false",
        )


def enclose(export: DatevExport, *, blobs: Blobs) -> IO[bytes]:
    """The export's file with the packages of its documents; no transaction is open meanwhile.

    Invalid("document_missing") if a stored file is gone.
    """
    if not export.documents:
        return export.file
    name = export.file_name.replace("EXTF_Buchungsstapel", "Belege").removesuffix(".zip")
    with zipfile.ZipFile(export.file, "a") as target:
        for number, documents in enumerate(packages(export.documents), start=1):
            part = f"_{number}" if number > 1 else ""
            place = datev_file.entry(f"{name}{part}.zip", export.made_at, zipfile.ZIP_STORED)
            with SpooledTemporaryFile(_IN_MEMORY) as package:
                place.file_size = _pack(package, documents, blobs, export.made_at)
                package.seek(0)
                with target.open(place, "w") as opened:
                    shutil.copyfileobj(package, opened, _COPIED)
    return export.file


def packages(documents: Sequence[LinkedDocument]) -> Iterator[list[LinkedDocument]]:
    """The documents in their order, cut where a package would grow too large."""
    package: list[LinkedDocument] = []
    size = 0
    for document in documents:
        more = sum(file.size for file in document.files)
        if package and (size + more > PACKAGE_BYTES or len(package) == PACKAGE_DOCUMENTS):
            yield package
            package, size = [], 0
        package.append(document)
        size += more
    if package:
        yield package


def document_xml(documents: Iterable[LinkedDocument], made: datetime) -> bytes:
    """The list of a package: which files belong to which GUID, and where they are filed."""
    archive = etree.fromstring(_ARCHIVE)
    header = _added(archive, "header")
    _added(header, "date").text = f"{made:%Y-%m-%dT%H:%M:%S}"
    content = _added(archive, "content")
    for document in documents:
        element = _added(content, "document", guid=document.id, processID=_FILED)
        if document.kind in _BOOKS:
            element.set("type", _BOOKS[document.kind])
        for file in document.files:
            _added(element, "extension", name=file_name(document, file)).set(
                f"{{{_XSI}}}type", "File"
            )
        levels = _added(element, "repository")
        for number, level in enumerate(("Kontorhaus", "Belege", f"{document.day:%Y/%m}"), start=1):
            _added(levels, "level", id=str(number), name=level)
    return etree.tostring(archive, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def file_name(document: LinkedDocument, file: DocumentFile) -> str:
    """The name of a file in its package: safe everywhere, and no other has it."""
    stem = _UNSAFE.sub("_", _ENDING.sub("", file.name))[:_STEM].strip("_")
    return f"{stem or 'Beleg'}_{document.id}.{file.ending}"


def _pack(
    package: IO[bytes], documents: Sequence[LinkedDocument], blobs: Blobs, made: datetime
) -> int:
    """The size of a package when it is written."""
    with zipfile.ZipFile(package, "w") as target:
        place = datev_file.entry("document.xml", made)
        target.writestr(place, document_xml(documents, made))
        for document in documents:
            for file in document.files:
                # pictures and PDF files are compressed already
                place = datev_file.entry(file_name(document, file), made, zipfile.ZIP_STORED)
                with target.open(place, "w") as opened:
                    for block in _content(blobs, document, file):
                        opened.write(block)
    return package.seek(0, os.SEEK_END)


def _content(blobs: Blobs, document: LinkedDocument, file: DocumentFile) -> Iterator[bytes]:
    try:
        yield from blobs.blocks(file.sha256)
    except NotFound:
        raise Invalid(
            "document_missing",
            f"The stored file {file.name} is missing: run `kontorhaus verify`.",
            document_id=document.id,
            remedy="documents=false",
        ) from None


def _added(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_NAMESPACE}}}{tag}", attributes)
