"""What a key may be called, and which scopes mean something on a surface."""

from __future__ import annotations

from collections.abc import Set

from kontorhaus.identity.rules import ADMIN, AUDIT
from kontorhaus.kernel.errors import Invalid

SURFACES = ("books", "billing", "management")
_LONGEST_NAME = 100
_BILLING = ("documents", "contacts", "products", "company")
_BILLING_ONLY = frozenset({"email:send", "access_invoices"})


def name(text: str) -> str:
    """A name as it is kept; Invalid("name")."""
    found = " ".join(text.split())
    if not 0 < len(found) <= _LONGEST_NAME or not found.isprintable():
        raise Invalid("name", "A name has 1 to 100 characters.", field="name")
    return found


def surface(text: str) -> str:
    """A surface that has keys of its own; Invalid("surface")."""
    if text not in SURFACES:
        raise Invalid("surface", f"A surface is one of {', '.join(SURFACES)}.", field="surface")
    return text


def open_to(surface: str, mine: Set[str]) -> frozenset[str]:
    """Of one's own scopes those that a key of the surface can use; management has none."""
    if surface == "management":
        return frozenset()
    is_billing = surface == "billing"
    return frozenset(scope for scope in mine - {ADMIN} if (_area(scope) == "billing") == is_billing)


def check_scopes(surface: str, wanted: Set[str], mine: Set[str]) -> None:
    """Invalid("scopes") for none at all, and for one that is not one's own or of no use there."""
    possible = open_to(surface, mine) | {ADMIN}
    if not wanted or not wanted <= possible:
        raise Invalid("scopes", "A key is given at least one scope of yours.", field="scopes")


def _area(scope: str) -> str:
    if scope in _BILLING_ONLY or scope.partition(":")[0] in _BILLING:
        return "billing"
    assert scope == AUDIT or scope.endswith((":read", ":write"))
    return "books"
