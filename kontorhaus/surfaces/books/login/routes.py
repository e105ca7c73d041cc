"""Logging in and out, passwords by mail, and messages to whoever runs the server."""

from __future__ import annotations

from kontorhaus.identity import queries as identity
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry, operator
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.login import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Reply, render
from kontorhaus.surfaces.conventions.auth import bearer
from kontorhaus.surfaces.conventions.call import Call, Visit

_TAGS = ("auth",)


@books.post(
    "/v1/auth/login",
    public=True,
    status=200,
    refusals=(400, 401, 429),
    answer=wire.LoggedIn,
    tags=_TAGS,
)
def login(visit: Visit, body: wire.LoginInput) -> wire.LoggedIn:
    """Open a session; its token is used like an API key.

    An unknown address and a wrong password get the same answer. An account with a second factor
    needs `totp` besides, else the answer is 401 with SECOND_FACTOR_REQUIRED.
    """
    session = entry.login(
        visit.resources.database,
        secret=secret.of(visit.resources.config.home),
        surface=books.name,
        email=body.email,
        password=body.password,
        code=body.totp,
        visitor=visit.exchange.visitor,
    )
    return wire.logged_in(session)


@books.post(
    "/v1/auth/forgot-password",
    public=True,
    status=200,
    refusals=(400, 429),
    answer=wire.Ok,
    tags=_TAGS,
)
def forgot_password(visit: Visit, body: wire.ForgotInput) -> wire.Ok:
    """Mail a link for a new password, valid for one hour.

    The answer does not tell whether there is anybody with this address.
    """
    sessions.forgot_password(
        visit.resources.database,
        secret=secret.of(visit.resources.config.home),
        email=body.email,
        visitor=visit.exchange.visitor,
    )
    return wire.OK


@books.post(
    "/v1/auth/setup-password",
    public=True,
    status=200,
    refusals=(400, 429),
    answer=wire.Ok,
    tags=_TAGS,
)
def setup_password(visit: Visit, body: wire.SetupInput) -> wire.Ok:
    """Set a password by the link of an invitation or of a forgotten password.

    The link is used up, and every session of the person ends.
    """
    sessions.setup_password(
        visit.resources.database,
        secret=secret.of(visit.resources.config.home),
        token=body.token,
        password=body.password,
        visitor=visit.exchange.visitor,
    )
    return wire.OK


@books.post(
    "/v1/auth/logout",
    scope=None,
    status=200,
    refusals=(401,),
    answer=wire.Ok,
    secret=True,
    tags=_TAGS,
)
def logout(call: Call) -> wire.Ok:
    """End the session of the token at once; an API key stays valid."""
    token = bearer(call.header("authorization"))
    keys = secret.of(call.resources.config.home)
    sessions.logout(call.resources.database, secret=keys, token=token)
    call.forget_token()
    return wire.OK


@books.get("/v1/auth/me", scope=None, refusals=(401,), answer=wire.Me, tags=_TAGS)
def get_me(work: Work, principal: Principal) -> wire.Me:
    """Whom the token stands for; an API key for the person who made it."""
    user_id = principal.actor.user_id
    assert user_id is not None, "a token of this surface belongs to a person"
    return wire.me(identity.user(work, user_id=UserId(user_id)), principal)


@books.post(
    "/v1/contact", scope=None, status=200, refusals=(400, 401, 429), answer=wire.Ok, tags=_TAGS
)
def write_to_operator(call: Call, body: wire.ContactInput) -> Reply:
    """Write to whoever runs this server, at most five times an hour."""
    if body.honeypot:
        return render(wire.OK, call.status)
    keys = secret.of(call.resources.config.home)

    def write(work: Work) -> wire.Ok:
        operator.write(work, secret=keys, message=wire.message(body))
        return wire.OK

    return call.write(write)
