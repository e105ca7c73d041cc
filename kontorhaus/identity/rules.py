"""Rules of identity: roles and scopes, passwords, throttling, what a profile may say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kontorhaus.identity.model import LANGUAGES, ROLES, Profile, TenantSettings
from kontorhaus.kernel import email as addresses
from kontorhaus.kernel import iban, number_format
from kontorhaus.kernel.errors import Invalid

ADMIN = "admin"

_BOOKS_MODULES = (
    "journal",
    "bank",
    "debitoren",
    "kreditoren",
    "perioden",
    "auswertungen",
    "config",
)
_BILLING_MODULES = ("documents", "contacts", "products", "company")
_READ = frozenset(f"{module}:read" for module in (*_BOOKS_MODULES, *_BILLING_MODULES))
_ALL = (
    _READ
    | {f"{module}:write" for module in (*_BOOKS_MODULES, *_BILLING_MODULES)}
    | {"email:send", "access_invoices"}
)
# Who did what: of those who answer for the books and those who examine them (§ 147 Abs. 6 AO),
# not of colleagues.
AUDIT = "audit:read"
# Settings and the company profile are for owners and admins.
_OWNERS_ONLY = frozenset({"config:write", "company:write"})
# An adviser keeps the books; documents and mails go out in the company's own name.
_BOOKS_WRITE = frozenset(f"{module}:write" for module in _BOOKS_MODULES)

_ROLE_SCOPES = {
    "owner": _ALL | {AUDIT, ADMIN},
    "admin": _ALL | {AUDIT, ADMIN},
    "member": _ALL - _OWNERS_ONLY,
    "adviser": _READ | {AUDIT} | (_BOOKS_WRITE - _OWNERS_ONLY),
    "adviser_read": _READ | {AUDIT},
    "auditor": _READ | {AUDIT},
}

SCOPES = _ROLE_SCOPES["owner"]

LONGEST_WINDOW = timedelta(hours=1)
LOGIN_WINDOW = timedelta(minutes=15)
LOGIN_TRIES = ((10, LOGIN_WINDOW), (100, LONGEST_WINDOW))
# A session ends a working day after it began, and before that when nobody used it for two hours.
SESSION_LENGTH = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
SECOND_STEP_LENGTH = timedelta(minutes=5)
DEVICE_LENGTH = timedelta(days=365)
INVITATION_LENGTH = timedelta(days=7)
RESET_LENGTH = timedelta(hours=1)
ONE_SECOND = timedelta(seconds=1)

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_PASSWORD_LENGTH = range(12, 201)
_MONTHS = range(1, 13)
_ADVISER_NUMBERS = range(1001, 10_000_000)
_CLIENT_NUMBERS = range(1, 100_000)
_HUNDRED = Decimal(100)


def scopes_of(role: str) -> frozenset[str]:
    """The scopes that a role gives to a person."""
    return _ROLE_SCOPES[role]


def granted(role: str, asked: Iterable[str]) -> frozenset[str]:
    """What a key may: what was asked for it, within the role of the person who made it."""
    mine, wanted = scopes_of(role), frozenset(asked)
    if ADMIN in wanted:
        return mine
    return wanted & mine


def check_scopes(scopes: Iterable[str]) -> None:
    """Invalid("scope") names the first word that is no scope."""
    for scope in scopes:
        if scope not in SCOPES:
            raise Invalid("scope", f"{scope!r} is no scope.", field="scopes")


def token_prefix(surface: str, environment: str) -> str:
    """How the tokens of a surface begin, so that a found one can be told."""
    if surface == "books":
        return "ll_"
    if surface == "portal":
        return "khp_"
    if surface == "management":
        return "khm_"
    if surface == "billing":
        return f"kh_{environment.lower()}_"
    raise Invalid("surface", f"There are no keys for {surface!r}.", field="surface")


def check_role(role: str) -> None:
    """Invalid("role") for any other word."""
    if role not in ROLES:
        raise Invalid("role", f"A role is one of {', '.join(ROLES)}.", field="role")


def address(text: str) -> str:
    """An e-mail address as it is stored and compared: NFC, lower case."""
    return unicodedata.normalize("NFC", text.strip()).lower()


def email(text: str) -> str:
    """The same of what must be an address; Invalid("email")."""
    found = address(text)
    if not addresses.is_address(found):
        raise Invalid("email", "This is no e-mail address.", field="email")
    return found


def split_name(name: str) -> tuple[str, str]:
    """First names and last name of a name as people write it: the last word is the last name."""
    first, _, last = " ".join(name.split()).rpartition(" ")
    return first, last


def check_password(password: str) -> None:
    """12 to 200 characters; length is what makes a password strong."""
    if len(password) not in _PASSWORD_LENGTH:
        raise Invalid("password", "A password has 12 to 200 characters.", field="password")


def check_profile(profile: Profile) -> None:
    """Invalid names the field that cannot stand on a document; the time zone is not checked."""
    checks = (
        ("name", bool(profile.name.strip())),
        ("country_code", bool(_COUNTRY.fullmatch(profile.country_code))),
        ("currency", bool(_CURRENCY.fullmatch(profile.currency))),
        ("iban", not profile.iban or iban.is_valid(profile.iban)),
        ("email", not profile.email or addresses.is_address(profile.email)),
        ("language", profile.language in LANGUAGES),
        ("vat_rates", bool(profile.vat_rates) and all(map(_is_percent, profile.vat_rates))),
        ("vat_default", profile.vat_default in profile.vat_rates),
    )
    for name, is_right in checks:
        if not is_right:
            raise Invalid("profile", f"{name} cannot be taken like this.", field=name)


def check_settings(settings: TenantSettings) -> None:
    """Invalid names the setting that has no such value."""
    checks = (
        ("chart", settings.chart in ("SKR03", "SKR04")),
        ("fiscal_year_start_month", settings.fiscal_year_start_month in _MONTHS),
        ("vat_method", settings.vat_method in ("soll", "ist")),
        ("datev_adviser_number", settings.datev_adviser_number in _ADVISER_NUMBERS),
        ("datev_client_number", settings.datev_client_number in _CLIENT_NUMBERS),
        ("sepa_version", settings.sepa_version in ("03", "09")),
        ("payment_days", settings.payment_days in range(366)),
        ("portal_link_days", settings.portal_link_days in range(1, 366)),
    )
    for name, is_right in checks:
        if not is_right:
            raise Invalid("settings", f"{name} cannot be set to this.", field=name)
    for series, text in settings.number_formats.items():
        if words := number_format.trouble(text):
            raise Invalid("number_format", words, field=f"number_formats.{series}")


def vat_method_on(settings: TenantSettings, day: date) -> str:
    """soll (§ 16 UStG) or ist (§ 20 UStG): how turnover with this tax date is taxed."""
    standing = (*settings.vat_methods_before, (settings.vat_method, settings.vat_method_from))
    for method, first_day in reversed(standing):
        if first_day is None or first_day <= day:
            return method
    return "soll"


def with_earlier_method(before: TenantSettings, after: TenantSettings) -> TenantSettings:
    """The new settings, which remember the VAT methods of the days before their own.

    Another day for the same method moves its beginning.
    """
    begins = after.vat_method_from
    earlier = before.vat_methods_before
    if after.vat_method != before.vat_method:
        earlier = (*earlier, (before.vat_method, before.vat_method_from))
    return replace(
        after,
        vat_methods_before=tuple(
            (method, first_day)
            for method, first_day in earlier
            if begins is not None and (first_day is None or first_day < begins)
        ),
    )


def end_of_day(day: date, time_zone: str) -> datetime:
    """The instant after a day in a time zone (IANA)."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))


def _is_percent(rate: Decimal) -> bool:
    return 0 <= rate <= _HUNDRED and rate == round(rate, 2)
