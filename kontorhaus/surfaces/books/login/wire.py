"""The JSON shapes of logins, and of messages to whoever runs the server."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kontorhaus.identity import model
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions.model import Session
from kontorhaus.identity.sessions.operator import Message
from kontorhaus.surfaces.conventions import fields

Role = Literal["owner", "admin", "member"]
RoleDetail = Literal["owner", "admin", "member", "adviser", "adviser_read", "auditor"]


class LoginInput(fields.In):
    """Who wants in; `totp` is a code of the second factor, or a recovery code."""

    email: fields.Email
    password: Annotated[str, fields.text(1, 1000)]
    totp: Annotated[str, fields.text(0, 50)] = ""


class ForgotInput(fields.In):
    """Whose password is forgotten."""

    email: fields.Email


class SetupInput(fields.In):
    """A new password, and the link that allows it."""

    token: Annotated[str, fields.text(1, 200)]
    password: Annotated[str, fields.text(12, 200)]


class ContactInput(fields.In):
    """A message; the honeypot is a field that people do not see."""

    name: Annotated[str, fields.text(1, 200, pattern=fields.ONE_LINE)]
    email: fields.Email
    message: Annotated[str, fields.text(1, 5000)]
    honeypot: Annotated[str, fields.text(0, 1000)] = Field("", alias="_honeypot")


class User(fields.Out):
    """A person with its role; `role_detail` tells more than the three roles of the API."""

    id: UUID
    email: str
    role: Role
    role_detail: RoleDetail


class Tenant(fields.Out):
    """The books that a token opens."""

    id: UUID
    company_name: str


class LoggedIn(fields.Out):
    """A session; its token is valid for twelve hours."""

    token: str
    user: User
    tenant: Tenant


class Me(fields.Out):
    """Whom a token stands for, and what it may."""

    user: User
    tenant: Tenant
    scopes: list[str]


class Ok(fields.Out):
    """It is done."""

    ok: bool


OK = Ok(ok=True)


def logged_in(session: Session) -> LoggedIn:
    """A session as the API shows it."""
    place = session.place
    return LoggedIn(
        token=session.token,
        user=_user(session.user_id, session.email, place.role),
        tenant=Tenant(id=place.tenant_id, company_name=place.organization_name),
    )


def me(person: model.User, principal: Principal) -> Me:
    """A caller as the API shows it."""
    return Me(
        user=_user(person.id, person.email, person.role),
        tenant=Tenant(id=principal.tenant_id, company_name=principal.organization_name),
        scopes=sorted(principal.scopes),
    )


def message(body: ContactInput) -> Message:
    """The message that a body holds."""
    return Message(body.name, body.email, body.message)


def _user(user_id: UUID, email: str, role: str) -> User:
    shown = role if role in ("owner", "admin") else "member"
    return User.model_validate({"id": user_id, "email": email, "role": shown, "role_detail": role})
