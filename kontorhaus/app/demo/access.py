"""The access file of the demo: where it is served, its keys and passwords."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kontorhaus.app.demo.model import Company
from kontorhaus.contacts import queries as contacts
from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries as people
from kontorhaus.identity.keys import actions as keys_of
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.ids import PartyId, TenantId, UserId
from kontorhaus.runtime import secret as secrets_of
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

_KEY_NAME = "Demo"
_ALL_CONTACTS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A loaded company: its LIVE tenant and its owner."""

    company: Company
    tenant_id: TenantId
    owner: UserId


Tenants = Mapping[str, Mapping[str, Mapping[str, str]]]


def ensure(resources: Resources, places: list[Place]) -> Path:
    """The path of the access file, written anew unless everything in it still opens a door."""
    path = resources.config.demo_access
    if not _fits(resources, places, _read(path)):
        _write(
            path,
            {
                "base_url": resources.config.public_url,
                "tenants": {place.company.key: _issue(resources, place) for place in places},
            },
        )
    return path


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _fits(resources: Resources, places: list[Place], found: object) -> bool:
    if not isinstance(found, dict) or found.get("base_url") != resources.config.public_url:
        return False
    try:
        return all(
            _opens(resources, place, found["tenants"][place.company.key]) for place in places
        )
    except (KeyError, TypeError, AttributeError):
        return False


def _opens(resources: Resources, place: Place, doors: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether each key leads to the tenant; a changed password is its owner's business."""
    database, secret = resources.database, secrets_of.of(resources.config.home)
    tokens = {
        "books": doors["books"]["api_key"],
        "billing": doors["billing"]["api_key"],
        "management": doors["management"]["api_secret"],
        "portal": doors["portal"]["token"],
    }
    found = [
        identity.authenticate(database, secret=secret, surface=surface, token=token)
        for surface, token in tokens.items()
    ]
    return doors["web"]["email"] == place.company.owner.email and all(
        principal is not None and principal.tenant_id == place.tenant_id for principal in found
    )


def _issue(resources: Resources, place: Place) -> dict[str, dict[str, str]]:
    """New keys and a new password; the keys that an earlier file named are switched off."""
    secret, owner = secrets_of.of(resources.config.home), place.company.owner
    password = secrets.token_urlsafe(15)
    caller = Caller(place.tenant_id, SYSTEM, place.company.profile.time_zone)
    with begin(resources.database, caller) as work:
        name = _switch_off(work)
        party = _portal_party(work, place.company.portal_customer)
        books, billing, management = (
            identity.create_api_key(
                work, secret=secret, surface=surface, name=name, created_by=place.owner
            )
            for surface in ("books", "billing", "management")
        )
        portal = identity.create_api_key(
            work,
            secret=secret,
            surface="portal",
            name=name,
            created_by=place.owner,
            party_id=party,
        )
    sessions.set_password(resources.database, user_id=place.owner, password=password)
    return {
        "books": {"api_key": books.token},
        "billing": {"api_key": billing.token},
        "management": {"api_key": management.public_id or "", "api_secret": management.token},
        "portal": {"token": portal.token},
        "web": {"email": owner.email, "password": password},
    }


def _switch_off(work: Work) -> str:
    """The name of the next set of keys, once no earlier one works."""
    keys = [key for key in people.api_keys(work) if key.name.startswith(_KEY_NAME)]
    for key in keys:
        if key.is_enabled:
            keys_of.switch(work, key_id=key.id, is_enabled=False)
    sets = len({key.name for key in keys})
    return f"{_KEY_NAME} {sets + 1}" if sets else _KEY_NAME


def _portal_party(work: Work, number: str) -> PartyId:
    parties, _ = contacts.contacts(work, limit=_ALL_CONTACTS, skip=0)
    return next(party.id for party in parties if party.details.client_number == number)


def _write(path: Path, content: Mapping[str, object]) -> None:
    """The whole file at once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    draft.replace(path)
