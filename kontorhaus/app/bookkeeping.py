"""Settings of a tenant from the command line, read from text as the API reads them from JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from kontorhaus.app import company, places
from kontorhaus.banking import settings as books
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.invoicing import letterhead
from kontorhaus.invoicing import settings as documents
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import OPERATOR, Caller, begin

# What the house keeps by itself when a setting changes.
_KEPT = ("vat_methods_before",)
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def settings(resources: Resources, *, tenant: str, changes: Sequence[str]) -> Mapping[str, object]:
    """A tenant's settings after the changes (`name=value` each), as plain values.

    Names with a point are those of the company and its documents. Invalid: setting, settings,
    profile, number_format, stationery. NotFound("tenant"). Conflict("ledger_not_empty").
    """
    place = places.found(identity.tenants(resources.database), tenant)
    dotted = dict(_dotted(text) for text in changes if "." in text.partition("=")[0])
    wanted = dict(_change(text) for text in changes if "." not in text.partition("=")[0])
    caller = Caller(place.tenant_id, OPERATOR, place.time_zone)
    with begin(resources.database, caller, read_only=not changes) as work:
        if dotted:
            company.change(work, wanted=dotted)
        if wanted:
            books.change(work, changes=wanted)
        found = identity.settings(work)
        shown = company.shown(work)
    own = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(found).items()
        if name not in _KEPT
    }
    return {**own, **shown}


def change_logo(resources: Resources, *, tenant: str, content: bytes | None) -> None:
    """Put a logo on the documents of a tenant's company, or take it off; Invalid("logo")."""
    place = places.found(identity.tenants(resources.database), tenant)
    logo = letterhead.read_logo(resources, content=content) if content is not None else None
    with begin(resources.database, Caller(place.tenant_id, OPERATOR, place.time_zone)) as work:
        documents.change_logo(work, logo=logo)


def _dotted(text: str) -> tuple[str, str]:
    name, is_given, value = text.partition("=")
    if not is_given:
        raise Invalid("setting", f"{text!r} is no NAME=VALUE.")
    return name, value


def _change(text: str) -> tuple[str, object]:
    name, is_given, value = text.partition("=")
    defaults = {n: like for n, like in asdict(TenantSettings()).items() if n not in _KEPT}
    if not is_given or name not in defaults:
        raise Invalid("setting", f"{text!r} is no NAME=VALUE; names are {', '.join(defaults)}.")
    return name, _value(name, value, defaults[name])


def _value(name: str, text: str, like: object) -> object:
    """The text as the type that the setting has."""
    if isinstance(like, bool):
        if text.lower() not in _WORDS:
            raise Invalid("setting", f"{name} is yes or no.", field=name)
        return _WORDS[text.lower()]
    if isinstance(like, int):
        if not (text.isascii() and text.isdigit()):
            raise Invalid("setting", f"{name} is a whole number.", field=name)
        return int(text)
    if name == "vat_method_from":
        return _day(name, text)
    if isinstance(like, str):
        return text
    raise Invalid("setting", f"{name} are set one by one: invoice.number_format=….", field=name)


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("setting", f"{name} is a day such as 2026-07-01.", field=name) from error
