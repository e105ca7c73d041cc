"""Packing: what typst writes becomes a third smaller, and its metadata may say more.

typst lists its objects in a plain table in the order in which they stand, and leaves the tag tree
uncompressed. Here all objects but streams move into one compressed stream (ISO 32000-1, 7.5.7),
and a stream says where everything is (7.5.8).
"""

from __future__ import annotations

import itertools
import re
import struct
import zlib
from collections.abc import Callable

_HEAD = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n"
_END = re.compile(rb"trailer\n<</Size \d+(.*)>>\nstartxref\n(\d+)\n%%EOF\s*", re.DOTALL)
_TABLE = re.compile(rb"xref\n0 \d+\n\d{10} 65535 f\r?\n?")
_ENTRY = re.compile(rb"(\d{10}) 00000 n")
_OBJECT = re.compile(rb"\d+ 0 obj\n(.*)\nendobj\n+", re.DOTALL)
_METADATA = re.compile(
    rb"<</Length \d+(/Type/Metadata/Subtype/XML)>>\nstream\n(.*)\nendstream", re.DOTALL
)
# kind, offset or number of the stream, place in the stream
_PLACE = struct.Struct(">BIH")
_IN_FILE, _IN_STREAM = 1, 2


def packed(pdf: bytes, describe: Callable[[bytes], bytes]) -> bytes:
    """The PDF by typst with compressed objects; `describe` is given its XMP and says the new one.

    The same bytes become the same bytes.
    """
    bodies, trailer = _objects(pdf)
    stream_number = len(bodies) + 1
    out = bytearray(_HEAD)
    places = [_PLACE.pack(0, 0, 0xFFFF)]
    plain: list[tuple[int, bytes]] = []
    for number, body in enumerate(bodies, start=1):
        if not body.endswith(b"endstream"):
            places.append(_PLACE.pack(_IN_STREAM, stream_number, len(plain)))
            plain.append((number, body))
            continue
        if found := _METADATA.fullmatch(body):
            body = _stream(found[1], describe(found[2]))
        places.append(_PLACE.pack(_IN_FILE, len(out), 0))
        out += _object(number, body)
    places.append(_PLACE.pack(_IN_FILE, len(out), 0))
    out += _object(stream_number, _object_stream(plain))
    start = len(out)
    places.append(_PLACE.pack(_IN_FILE, start, 0))
    words = b"/Type/XRef/Size %d/W[1 4 2]%b" % (len(places), trailer)
    out += _object(stream_number + 1, _compressed(words, b"".join(places)))
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _objects(pdf: bytes) -> tuple[list[bytes], bytes]:
    """What stands between obj and endobj, in the order of the numbers, and the trailer's words."""
    end = _END.search(pdf, pdf.rindex(b"trailer\n"))
    assert end is not None
    start = int(end[2])
    table = _TABLE.match(pdf, start)
    assert pdf.startswith(_HEAD)
    assert table is not None
    offsets = [int(found[1]) for found in _ENTRY.finditer(pdf, table.end(), end.start())]
    bodies = []
    for begin, after in itertools.pairwise([*offsets, start]):
        found = _OBJECT.fullmatch(pdf, begin, after)
        assert found is not None, "objects stand in the order of their numbers"
        bodies.append(found[1])
    return bodies, end[1]


def _object_stream(plain: list[tuple[int, bytes]]) -> bytes:
    starts = itertools.accumulate((len(body) + 1 for _, body in plain), initial=0)
    pairs = zip(plain, starts, strict=False)
    index = b" ".join(b"%d %d" % (number, start) for (number, _), start in pairs) + b"\n"
    words = b"/Type/ObjStm/N %d/First %d" % (len(plain), len(index))
    return _compressed(words, index + b"\n".join(body for _, body in plain))


def _object(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def _compressed(words: bytes, content: bytes) -> bytes:
    return _stream(words + b"/Filter/FlateDecode", zlib.compress(content))


def _stream(words: bytes, content: bytes) -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), words, content)
