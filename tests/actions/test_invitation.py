"""Links that the server hands out itself, and names as people write them."""

from __future__ import annotations

import pytest

from kontorhaus.app import setup
from kontorhaus.identity import rules
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret as secrets
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources

NEW_PASSWORD = "ein ganz anderes Wort"


@pytest.fixture
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Resources:
    home = tmp_path_factory.mktemp("home")
    config = from_environment(
        {"KONTORHAUS_HOME": str(home), "KONTORHAUS_PUBLIC_URL": "https://buch.example/"}
    )
    return Resources(config, database, blobs=None, workshop=None)  # type: ignore[arg-type]


def test_an_invitation_lets_a_person_set_a_password_without_any_mail(
    resources: Resources, owner: UserId, email: str
) -> None:
    link = setup.invitation(resources, email=email.upper())
    place, _, token = link.rpartition("/")
    assert place == "https://buch.example/setup"
    keys = secrets.of(resources.config.home)
    sessions.setup_password(resources.database, secret=keys, token=token, password=NEW_PASSWORD)
    assert entry.login(
        resources.database, secret=keys, surface="web", email=email, password=NEW_PASSWORD
    )


def test_nobody_is_invited_who_is_not_known(resources: Resources, email: str) -> None:
    with pytest.raises(NotFound):
        setup.invitation(resources, email=email)


def test_a_password_is_the_same_however_its_letters_are_composed(
    resources: Resources, owner: UserId, email: str
) -> None:
    keys = secrets.of(resources.config.home)
    token = setup.invitation(resources, email=email).rpartition("/")[2]
    sessions.setup_password(
        resources.database, secret=keys, token=token, password="Ein Stu\u0308ck Kuchen"
    )
    assert entry.login(
        resources.database, secret=keys, surface="web", email=email, password="Ein Stück Kuchen"
    )


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Anna Berg", ("Anna", "Berg")),
        ("  Anna  Maria Berg ", ("Anna Maria", "Berg")),
        ("Berg", ("", "Berg")),
        ("", ("", "")),
    ],
)
def test_the_last_word_of_a_name_is_the_last_name(name: str, parts: tuple[str, str]) -> None:
    assert rules.split_name(name) == parts
