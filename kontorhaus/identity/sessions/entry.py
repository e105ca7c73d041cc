"""Signing in: the password, the code where one is needed, and what a stranger may try."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from kontorhaus.identity import passwords, rules
from kontorhaus.identity.factors import actions as factors
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import devices, notices, store, throttle, trail
from kontorhaus.identity.sessions.devices import Counted
from kontorhaus.identity.sessions.model import (
    STRANGER,
    Account,
    OpenSession,
    Proof,
    Session,
    Visitor,
)
from kontorhaus.kernel.errors import Conflict, Denied
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import Caller, Json, Work, begin

_STEP_PURPOSE = "second_step"
_LONGEST_AGENT = 300


def login(
    database: Database,
    *,
    secret: Secret,
    surface: str,
    email: str,
    password: str,
    code: str = "",
    visitor: Visitor = STRANGER,
) -> Session:
    """A session for `surface` (web or books), in the person's first LIVE tenant.

    Refuses as `identify` does.
    """
    proof = prove(
        database, secret=secret, surface=surface, email=email, password=password, visitor=visitor
    )
    return enter(database, secret=secret, proof=proof, code=code, visitor=visitor)


def identify(
    database: Database,
    *,
    secret: Secret,
    surface: str,
    email: str,
    password: str,
    code: str = "",
    visitor: Visitor = STRANGER,
) -> Proof:
    """Who it is, for a surface that hands out tokens of its own: password, and code where needed.

    Denied("wrong_login") says the same in the same time for an unknown address, a wrong password
    and a person without an organization. Denied("second_factor_required") if the password is right
    and a code is needed, Denied("wrong_code"). Denied("too_many_attempts") with
    `retry_after_seconds`, when more was tried for the account or from the network address than is
    looked at.
    """
    proof = prove(
        database, secret=secret, surface=surface, email=email, password=password, visitor=visitor
    )
    _check_code(database, secret, proof, code, visitor)
    with begin(database, _caller(proof, visitor)) as work:
        _note_entry(work, secret, proof, visitor)
    return proof


def prove(
    database: Database,
    *,
    secret: Secret,
    surface: str,
    email: str,
    password: str,
    visitor: Visitor = STRANGER,
) -> Proof:
    """The first step: whose password it is. Nobody may act on it before `enter`."""
    address, now = rules.address(email), database.clock.now()
    counted = _count_password(database, secret, address, visitor, now)
    with database.connection() as connection:
        account = store.account(connection, email=address)
    is_right = passwords.is_right(password, account.password_hash if account else None)
    if account and is_right:
        account = _strengthened(database, account, password)
    proof = _proof(database, secret, surface, address, account)
    if not (is_right and proof):
        if proof:
            with begin(database, _caller(proof, visitor)) as work:
                work.record("identity.login_failed", subject="user", subject_id=proof.user_id)
        else:
            trail.stranger(surface=surface, client=visitor.client)
        raise Denied("wrong_login", "E-mail address or password is wrong.")
    _take_back(database, secret, counted, now)
    return proof


def enter(
    database: Database,
    *,
    secret: Secret,
    proof: Proof,
    code: str = "",
    visitor: Visitor = STRANGER,
) -> Session:
    """The second step: a session, after the code where one is needed.

    Denied("login_over") if the password was changed meanwhile.
    """
    _check_code(database, secret, proof, code, visitor)
    token, now, place = f"khs_{random_token()}", database.clock.now(), proof.places[0]
    agent = "".join(filter(str.isprintable, visitor.agent))[:_LONGEST_AGENT]
    opened = OpenSession(uuid7(), proof.surface, visitor.client, agent, now, now)
    expires_at = now + rules.SESSION_LENGTH
    with begin(database, _caller(proof, visitor)) as work:
        account = store.account(work.connection, email=proof.email, for_share=True)
        if account is None or _mark(secret, account) != proof.mark:
            raise _login_over()
        store.insert_session(
            work.connection,
            session=opened,
            token_hash=sessions.digest_of(secret, token),
            user_id=proof.user_id,
            tenant_id=place.tenant_id,
            expires_at=expires_at,
        )
        device = _note_entry(work, secret, proof, visitor)
    form_token = sessions.csrf(secret, token)
    return Session(token, form_token, proof.user_id, proof.email, place, expires_at, device)


def second_step(database: Database, *, secret: Secret, proof: Proof) -> str:
    """What the form for the code carries: the proof, for five minutes, readable by nobody else."""
    until = database.clock.now() + rules.SECOND_STEP_LENGTH
    kept = {
        "surface": proof.surface,
        "email": proof.email,
        "mark": proof.mark,
        "until": until.isoformat(),
    }
    return secret.seal(json.dumps(kept).encode(), purpose=_STEP_PURPOSE).hex()


def taken_up(database: Database, *, secret: Secret, step: str) -> Proof:
    """The proof of a form for the code; Denied("login_over") when too late, or the password new."""
    try:
        kept = json.loads(secret.unseal(bytes.fromhex(step), purpose=_STEP_PURPOSE))
    except (ValueError, Conflict):
        raise _login_over() from None
    with database.connection() as connection:
        account = store.account(connection, email=kept["email"])
    proof = _proof(database, secret, kept["surface"], kept["email"], account)
    is_late = datetime.fromisoformat(kept["until"]) <= database.clock.now()
    if is_late or proof is None or proof.mark != kept["mark"]:
        raise _login_over()
    return proof


def _proof(
    database: Database, secret: Secret, surface: str, address: str, account: Account | None
) -> Proof | None:
    """What a right password would prove; None for nobody and for who may work nowhere."""
    if account is None:
        return None
    with database.connection() as connection:
        places = store.places(connection, user_id=account.user_id)
        needs_code = factors.is_on(connection, user_id=account.user_id)
    if not places:
        return None
    mark = _mark(secret, account)
    return Proof(surface, account.user_id, address, tuple(places), needs_code, mark)


def _mark(secret: Secret, account: Account) -> str:
    return secret.digest(account.password_hash or "", purpose="password_mark").hex()


def _count_password(
    database: Database, secret: Secret, address: str, visitor: Visitor, now: datetime
) -> Counted:
    """Counted before the password is looked at, and kept unless it is right."""
    with database.connection() as connection:
        is_known = devices.is_known(
            connection, secret=secret, address=address, visitor=visitor, now=now
        )
        counted = devices.password_limits(address, visitor, is_known=is_known)
        for limit, who in counted:
            throttle.count(connection, secret=secret, limit=limit, who=who, now=now)
    return counted


def _take_back(database: Database, secret: Secret, counted: Counted, at: datetime) -> None:
    """What was right was no guess."""
    with database.connection() as connection:
        for limit, who in counted:
            throttle.take_back(connection, secret=secret, limit=limit, who=who, at=at)


def _check_code(
    database: Database, secret: Secret, proof: Proof, code: str, visitor: Visitor
) -> None:
    """The code of a person who has a second factor, used up by this."""
    if not proof.needs_code:
        return
    if not code:
        raise Denied(
            "second_factor_required",
            "This account has a second factor: send the code of its app as well.",
        )
    now = database.clock.now()
    with database.connection() as connection:
        is_known = devices.is_known(
            connection, secret=secret, address=proof.email, visitor=visitor, now=now
        )
        counted = devices.code_limits(proof.email, visitor, is_known=is_known)
        for limit, who in counted:
            throttle.count(connection, secret=secret, limit=limit, who=who, now=now)
    with begin(database, _caller(proof, visitor)) as work:
        used = factors.use(
            work.connection, secret=secret, user_id=proof.user_id, code=code, now=now
        )
        action = "identity.second_factor_used" if used else "identity.second_factor_failed"
        kind = {"kind": used} if used else {}
        work.record(action, subject="user", subject_id=proof.user_id, details=kind)
        if used == "recovery_code":
            what = notices.RECOVERY_CODE_USED
            notices.tell(work, address=proof.email, what=what, visitor=visitor)
    if used is None:
        raise Denied("wrong_code", "This code is wrong or used up.")
    _take_back(database, secret, counted, now)


def _note_entry(work: Work, secret: Secret, proof: Proof, visitor: Visitor) -> str:
    """A person is in: its audit event, and a mail if the device is new. What a browser keeps."""
    device, is_news = devices.note(
        work.connection, secret=secret, user_id=proof.user_id, visitor=visitor, now=work.now
    )
    if is_news:
        notices.tell(work, address=proof.email, what=notices.NEW_DEVICE, visitor=visitor)
    details: dict[str, Json] = {"surface": proof.surface, "new_device": is_news}
    work.record("identity.logged_in", subject="user", subject_id=proof.user_id, details=details)
    return device


def _login_over() -> Denied:
    return Denied("login_over", "Signing in took too long: begin again.")


def _strengthened(database: Database, account: Account, password: str) -> Account:
    """The account, its hash made anew where it is weaker than today's."""
    if account.password_hash is None or not passwords.is_outdated(account.password_hash):
        return account
    stronger = replace(account, password_hash=passwords.hashed(password))
    with database.connection() as connection:
        store.strengthen(connection, before=account, after=stronger)
    return stronger


def _caller(proof: Proof, visitor: Visitor) -> Caller:
    return sessions.person(proof.user_id, proof.email, proof.places[0], proof.surface, visitor)
