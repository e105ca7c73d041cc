"""Fixtures for what people do: an organization of its own with an owner."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret as secrets
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, begin

PASSWORD = "korrekt Pferd Batterie"


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Secret:
    return secrets.of(tmp_path_factory.mktemp("home"))


@pytest.fixture
def founded(new_organization: Callable[..., Founded]) -> Founded:
    return new_organization()


@pytest.fixture
def live(founded: Founded) -> Caller:
    return Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")


@pytest.fixture
def email() -> str:
    return f"{uuid7().hex}@example.de"


@pytest.fixture
def owner(database: Database, live: Caller, email: str) -> UserId:
    with begin(database, live) as work:
        return identity.create_user(work, email=email, role="owner", password=PASSWORD)
