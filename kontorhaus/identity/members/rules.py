"""Who may appoint whom, and who cannot leave."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.identity.model import User
from kontorhaus.kernel.errors import Denied

OWNER, MEMBER = "owner", "member"


def role_of_new(wanted: str | None, members: Sequence[User]) -> str:
    """The role that is asked for; else the first member owns the organization."""
    if wanted is not None:
        return wanted
    return MEMBER if any(one.role == OWNER for one in members) else OWNER


def check_appointing(by: str, *roles: str, members: Sequence[User]) -> None:
    """Denied("forbidden") where anybody but an owner makes or unmakes an owner."""
    has_owner = any(one.role == OWNER for one in members)
    if OWNER in roles and by != OWNER and has_owner:
        raise Denied("forbidden", "Only an owner makes or removes owners.")


def check_remaining(leaving: User, members: Sequence[User]) -> None:
    """Denied("last_owner") for the one whom nobody could replace."""
    others = [one for one in members if one.role == OWNER and one.id != leaving.id]
    if leaving.role == OWNER and not others:
        raise Denied("last_owner", "The last owner stays: make somebody else an owner first.")
