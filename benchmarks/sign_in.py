"""Wrong passwords of people and of nobody: who is known must not show by the time it takes."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

import structlog
from bench import figures, ground
from bench.ground import PROFILE

from kontorhaus.identity import actions as identity
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.errors import Denied
from kontorhaus.runtime import secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, begin

PEOPLE = 25
# Less than the ten that are looked at of one account.
TRIES = 8
AIM_APART_MILLISECONDS = 20


def main() -> None:
    """In turn, so that other work on the machine falls on both alike."""
    figures.title(f"{PEOPLE * TRIES} wrong passwords each, of people and of nobody")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with ground.prepared() as base, ground.opened(base) as database:
        keys = secret.of(base.home)
        caller = Caller(ground.found(base, database).id, SYSTEM, PROFILE.time_zone)
        with begin(database, caller) as work:
            for number in range(PEOPLE):
                identity.create_user(
                    work, email=_address(number), role="member", password="richtig und lang"
                )
        people, nobody = [], []
        for number in range(PEOPLE):
            for _ in range(TRIES):
                people.append(_milliseconds(database, keys, _address(number)))
                nobody.append(_milliseconds(database, keys, f"no-{_address(number)}"))
        known, unknown = figures.median(people), figures.median(nobody)
        figures.figure("a person's address", known, "ms")
        figures.figure("an unknown address", unknown, "ms")
        figures.limit("medians apart", abs(known - unknown), "ms", AIM_APART_MILLISECONDS)


def _address(number: int) -> str:
    return f"person-{number}@anmeldung.example"


def _milliseconds(database: Database, keys: Secret, address: str) -> float:
    started = time.perf_counter()
    with suppress(Denied):
        entry.login(database, secret=keys, surface="web", email=address, password="falsch geraten")
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
