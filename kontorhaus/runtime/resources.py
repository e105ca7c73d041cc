"""The outside world in one value: what surfaces and tasks are given at the start."""

from __future__ import annotations

from dataclasses import dataclass

from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Resources:
    """Everything that is opened once in a process and closed at its end."""

    config: Config
    database: Database
    blobs: Blobs
    workshop: Workshop
