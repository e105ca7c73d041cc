"""The jobs that a worker knows: importing a domain's tasks registers them."""

from __future__ import annotations

from types import ModuleType

from kontorhaus.invoicing import tasks as invoicing

MODULES: tuple[ModuleType, ...] = (invoicing,)


def register() -> tuple[ModuleType, ...]:
    """The modules whose jobs are registered now."""
    return MODULES
