"""What is asked about the letter paper."""

from __future__ import annotations

from kontorhaus.invoicing.stationery import store
from kontorhaus.invoicing.stationery.model import Stationery
from kontorhaus.runtime.work import Work


def stationery(work: Work) -> Stationery:
    """The letter paper of the caller's organization."""
    return store.found(work)


def logo_content(work: Work, *, sha256: str) -> bytes:
    """The picture of that name, whether it is still in use or not."""
    return store.logo_content(work, sha256=sha256)
