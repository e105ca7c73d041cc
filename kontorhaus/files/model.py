"""Values of stored files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kontorhaus.kernel.ids import FileId

# Classes of documents and the years the law wants them (§ 147 (1) and (3) AO, § 257 HGB):
# business letters, vouchers (invoices too, § 14b UStG), books and annual accounts.
RETENTION_YEARS: Mapping[str, int] = {"letter": 6, "voucher": 8, "book": 10}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file whose bytes are stored and which no tenant knows yet; `size` in bytes."""

    sha256: str
    size: int
    media_type: str
    original_name: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a tenant; it is kept until the end of the day `retention_until` at least."""

    id: FileId
    sha256: str
    size: int
    media_type: str
    original_name: str
    retention_class: str
    retention_until: date
    uploaded_at: datetime
