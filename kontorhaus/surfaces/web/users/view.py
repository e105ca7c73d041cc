"""What the settings page of users shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kontorhaus.identity.members import queries as members
from kontorhaus.identity.members.model import Filter
from kontorhaus.identity.model import ROLES, User
from kontorhaus.kernel.errors import Refusal
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.language import Language

_MOST = 1000


@dataclass(frozen=True)
class Row:
    """A member; `is_fixed` where nobody here may change or remove it."""

    id: UUID
    name: str
    email: str
    role: str
    is_fixed: bool
    has_second_factor: bool
    signed_in_at: datetime | None


@dataclass(frozen=True)
class UsersPage:
    """The page; `done` is invited, changed, removed or empty, `complaint` a sentence."""

    rows: tuple[Row, ...]
    total: int
    roles: tuple[str, ...]
    texts: Mapping[str, str]
    complaint: str = ""
    done: str = ""
    may_change: bool = True


def users(
    work: Work,
    *,
    organization_id: UUID,
    local: Callable[[datetime], datetime],
    texts: Mapping[str, str] | None = None,
    complaint: str = "",
    done: str = "",
) -> UsersPage:
    """The members of an organization that the caller administers."""
    found, people, total = members.members(
        work, organization_id=organization_id, wanted=Filter(), limit=_MOST, offset=0
    )
    sign_ins = members.sign_ins(work, organization_id=organization_id)
    is_owner = found.role == "owner"
    owners = [one for one in people if one.role == "owner"]
    rows = tuple(
        Row(
            one.id,
            one.label,
            one.email,
            one.role,
            is_fixed=one.role == "owner" and (not is_owner or _is_last(one, owners)),
            has_second_factor=how.has_second_factor,
            signed_in_at=local(how.last_at) if how.last_at else None,
        )
        for one, how in ((one, sign_ins[one.id]) for one in people)
    )
    roles = ROLES if is_owner or not owners else ROLES[1:]
    return UsersPage(rows, total, roles, texts or {}, complaint, done)


def complaint(spoken: Language, refusal: Refusal) -> str:
    """Why nothing was changed, as a sentence."""
    sentences = {
        "email": spoken.text("This is no e-mail address."),
        "role": spoken.text("There is no such role."),
        "already_member": spoken.text("This address belongs to somebody who works here already."),
        "last_owner": spoken.text("The last owner stays: make somebody else an owner first."),
        "forbidden": spoken.text("Only an owner makes or removes owners."),
    }
    return sentences.get(refusal.code, refusal.message)


def _is_last(one: User, owners: list[User]) -> bool:
    return [other.id for other in owners] == [one.id]
