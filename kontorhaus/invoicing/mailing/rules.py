"""Rules of mailing: how large a mail becomes, and when the next day begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# Base64 writes 57 bytes as a line of 76 characters and a line end (RFC 2045).
_BYTES_A_LINE = 57
_LINE = 78
_PART_HEADERS = 400
# Quoted-printable writes a byte as three characters at most, and a soft line end every 75.
_TEXT_GROWTH = 4


def mail_size(message: str, file_sizes: Iterable[int]) -> int:
    """How many bytes a mail with these files has at most, as the mail server counts them."""
    text = len(message.encode()) * _TEXT_GROWTH
    files = (-(-size // _BYTES_A_LINE) * _LINE + _PART_HEADERS for size in file_sizes)
    return _PART_HEADERS * 2 + text + sum(files)


def seconds_until_tomorrow(now: datetime, time_zone: str) -> int:
    """Whole seconds until the day changes where the company is; at least one."""
    zone = ZoneInfo(time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    left = datetime.combine(tomorrow, time(), zone).timestamp() - now.timestamp()
    return max(1, -int(-left // 1))
