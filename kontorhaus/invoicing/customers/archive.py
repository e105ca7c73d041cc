"""A ZIP archive that is sent while it is written, one file in memory at a time.

Every local header carries length and checksum of its file, so that readers of a stream need not
know the end of the archive. PDFs are packed already: they are stored as they are.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Generator, Iterable
from datetime import date

Member = tuple[str, date, bytes]

_BLOCK = 1024 * 1024
_RIGHTS = 0o644 << 16


def blocks(members: Iterable[Member]) -> Generator[bytes, None, None]:
    """The bytes of an archive of files by name, day and content; the first file goes at once."""
    window = _Window()
    with zipfile.ZipFile(window, "w") as archive:
        for name, day, content in members:
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.external_attr = _RIGHTS
            archive.writestr(info, content)
            if window.is_first or window.size > _BLOCK:
                yield window.taken()
    yield window.taken()


class _Window(io.RawIOBase):
    """What was written and not sent yet; positions count from the beginning of the archive.

    `ZipFile` goes back to the header of the file that it writes, and no further.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept, self._sent = io.BytesIO(), 0

    @property
    def is_first(self) -> bool:
        """Whether nothing was sent yet."""
        return not self._sent

    @property
    def size(self) -> int:
        """How many bytes wait."""
        return self._kept.tell()

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Take bytes at the present position."""
        return self._kept.write(content)

    def tell(self) -> int:
        """The present position."""
        return self._sent + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position that was not sent yet."""
        assert whence == io.SEEK_SET, "ZipFile counts from the beginning"
        assert offset >= self._sent, "what was sent stands"
        return self._sent + self._kept.seek(offset - self._sent)

    def taken(self) -> bytes:
        """What waits, to be sent."""
        content = self._kept.getvalue()
        self._sent += len(content)
        self._kept = io.BytesIO()
        return content
