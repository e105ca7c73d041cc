"""Guessing passwords, codes and links: what is looked at, and who is never locked out (S-7)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from kontorhaus.identity.sessions import account, entry
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions.model import Session, Visitor
from kontorhaus.kernel.errors import Denied, Invalid, Refusal
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Actor, Caller, begin
from tests.actions.test_sessions import PASSWORD, later

WRONG = "falsches Passwort"


def stopped(database: Database) -> Database:
    """The database with a clock that stands still."""
    return later(database, timedelta(0))


def login(database: Database, secret: Secret, email: str, **more: Any) -> Session:
    given = {"password": PASSWORD, **more}
    return entry.login(database, secret=secret, surface="web", email=email, **given)


def code_of(database: Database, secret: Secret, email: str, **more: Any) -> str:
    """How a login ends."""
    try:
        login(database, secret, email, **more)
    except Refusal as refusal:
        return refusal.code
    return "in"


def switch_on(database: Database, secret: Secret, live: Caller, user: UserId) -> tuple[str, Any]:
    """Set up a second factor; the key of the app and the recovery codes."""
    actor = Actor("user", None, user, "Anna", None, "web", "dashboard")
    caller = Caller(live.tenant_id, actor, "UTC")
    account.begin_factor(database, secret=secret, caller=caller, password=PASSWORD)
    with begin(database, caller) as work:
        found = account.factor(work)
        assert found
    key = secret.unseal(found.sealed_key, purpose="second_factor").decode()
    first = pyotp.TOTP(key).at(database.clock.now())
    recovery = account.confirm_factor(
        database, secret=secret, caller=caller, visitor=Visitor(), code=first
    )
    return key, recovery


def test_of_1000_wrong_passwords_ten_are_looked_at(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    still = stopped(database)
    codes = Counter(code_of(still, secret, email, password=WRONG) for _ in range(1000))
    assert codes == {"wrong_login": 10, "too_many_attempts": 990}


def test_no_quarter_of_an_hour_has_more_than_ten_and_no_hour_more_than_100(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    looked_at = [
        minute
        for minute in range(0, 180, 1)
        for _ in range(4)
        if code_of(later(database, timedelta(minutes=minute)), secret, email, password=WRONG)
        == "wrong_login"
    ]
    for minute in range(180):
        assert sum(minute <= at < minute + 14 for at in looked_at) <= 10
        assert sum(minute <= at < minute + 59 for at in looked_at) <= 100
    assert len(looked_at) >= 100


def test_one_password_on_1000_accounts_is_looked_at_100_times_from_one_address(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    still, visitor = stopped(database), Visitor(f"address:{email}")
    codes = Counter(
        code_of(still, secret, f"{number}-{email}", visitor=visitor) for number in range(1000)
    )
    assert codes == {"wrong_login": 100, "too_many_attempts": 900}


def test_a_known_device_comes_in_while_strangers_hammer(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    device = login(database, secret, email, visitor=Visitor(device="fresh")).device
    for _ in range(20):
        code_of(database, secret, email, password=WRONG)
    assert code_of(database, secret, email) == "too_many_attempts"
    renewed = login(database, secret, email, visitor=Visitor(device=device)).device
    assert renewed not in ("", device)
    assert code_of(database, secret, email, visitor=Visitor(device=device)) == "too_many_attempts"
    tries = [
        code_of(database, secret, email, password=WRONG, visitor=Visitor(device=renewed))
        for _ in range(11)
    ]
    assert tries == ["wrong_login"] * 10 + ["too_many_attempts"]


def test_a_link_makes_its_browser_known_so_that_nobody_stays_outside(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    for _ in range(20):
        code_of(database, secret, email, password=WRONG)
    link = sessions.invite(database, secret=secret, user_id=owner)
    device = sessions.setup_password(
        database, secret=secret, token=link, password=PASSWORD, visitor=Visitor(device="any")
    )
    assert code_of(database, secret, email) == "too_many_attempts"
    assert code_of(database, secret, email, visitor=Visitor(device=device)) == "in"


def test_a_device_is_known_for_its_person_only(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    device = login(database, secret, email, visitor=Visitor(device="fresh")).device
    for _ in range(10):
        code_of(database, secret, f"other-{email}", visitor=Visitor(device=device))
    assert code_of(database, secret, f"other-{email}", visitor=Visitor()) == "too_many_attempts"


def test_of_1000_codes_ten_are_looked_at_and_a_right_one_then_waits(
    database: Database, live: Caller, owner: UserId, email: str, secret: Secret
) -> None:
    still = stopped(database)
    key, _ = switch_on(still, secret, live, owner)
    codes = Counter(code_of(still, secret, email, code="000 00x") for _ in range(1000))
    assert codes == {"wrong_code": 10, "too_many_attempts": 990}
    afterwards = later(still, timedelta(minutes=16))
    right = pyotp.TOTP(key).at(afterwards.clock.now())
    assert code_of(still, secret, email, code=right) == "too_many_attempts"
    assert code_of(afterwards, secret, email, code=right) == "in"


def test_a_password_alone_opens_nothing_where_a_second_factor_is_on(
    database: Database, live: Caller, owner: UserId, email: str, secret: Secret
) -> None:
    still = stopped(database)
    switch_on(still, secret, live, owner)
    assert code_of(still, secret, email) == "second_factor_required"
    with pytest.raises(Denied, match="second factor"):
        entry.identify(still, secret=secret, surface="management", email=email, password=PASSWORD)
    assert code_of(still, secret, email, password=WRONG, code="1") == "wrong_login"


@pytest.mark.parametrize(
    ("off", "ends"), [(-60, "wrong_code"), (-30, "in"), (30, "in"), (60, "wrong_code")]
)
def test_a_code_may_be_one_step_early_or_late(
    database: Database, live: Caller, owner: UserId, email: str, secret: Secret, off: int, ends: str
) -> None:
    key, _ = switch_on(stopped(database), secret, live, owner)
    at = later(database, timedelta(minutes=5))
    code = pyotp.TOTP(key).at(at.clock.now() + timedelta(seconds=off))
    assert code_of(at, secret, email, code=code) == ends


def test_a_code_works_once_and_no_older_one_after_it(
    database: Database, live: Caller, owner: UserId, email: str, secret: Secret
) -> None:
    key, recovery = switch_on(stopped(database), secret, live, owner)
    at = later(database, timedelta(minutes=5))
    now, before = (
        pyotp.TOTP(key).at(at.clock.now() - timedelta(seconds=seconds)) for seconds in (0, 30)
    )
    ends = [code_of(at, secret, email, code=code) for code in (now, now, before)]
    assert ends == ["in", "wrong_code", "wrong_code"]
    ends = [code_of(at, secret, email, code=recovery[0].upper()) for _ in range(2)]
    assert ends == ["in", "wrong_code"]


def test_neither_key_nor_codes_stand_in_the_database(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    key, recovery = switch_on(stopped(database), secret, live, owner)
    with database.connection() as connection:
        rows = connection.execute(
            "select f::text || c::text from second_factor f join recovery_code c using (user_id)"
        ).fetchall()
    assert len(rows) >= 10
    for word in (key, key.encode().hex(), *recovery, *(code.encode().hex() for code in recovery)):
        assert not any(word in row[0] for row in rows)


def test_a_second_step_ends_after_five_minutes_and_with_its_password(
    database: Database, live: Caller, owner: UserId, email: str, secret: Secret
) -> None:
    still = stopped(database)
    switch_on(still, secret, live, owner)
    proof = entry.prove(still, secret=secret, surface="web", email=email, password=PASSWORD)
    step = entry.second_step(still, secret=secret, proof=proof)
    assert entry.taken_up(still, secret=secret, step=step) == proof
    late = later(still, timedelta(minutes=5))
    for database_then, sent in ((late, step), (still, step[:-2]), (still, "x")):
        with pytest.raises(Denied, match="too long"):
            entry.taken_up(database_then, secret=secret, step=sent)
    sessions.set_password(still, user_id=owner, password="ein ganz anderes Wort")
    with pytest.raises(Denied, match="too long"):
        entry.taken_up(still, secret=secret, step=step)
    with pytest.raises(Denied):
        entry.enter(still, secret=secret, proof=proof, code="1")


def test_1000_links_are_tried_50_times_an_hour(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    still, visitor, codes = stopped(database), Visitor(f"address:links-{email}"), Counter[str]()
    for number in range(1000):
        with pytest.raises((Invalid, Denied)) as refusal:
            sessions.setup_password(
                still, secret=secret, token=f"{number:064x}", password=PASSWORD, visitor=visitor
            )
        codes[refusal.value.code] += 1
    assert codes == {"invalid_token": 50, "too_many_attempts": 950}
