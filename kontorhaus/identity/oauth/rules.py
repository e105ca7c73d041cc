"""Rules of third-party access: lifetimes, redirect addresses, scopes (RFC 6749, 8252, 9700)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from kontorhaus.identity import rules as identity
from kontorhaus.identity.oauth.model import KINDS, AppDetails
from kontorhaus.kernel.errors import Invalid

CODE_LENGTH = timedelta(seconds=60)
ACCESS_LENGTH = timedelta(minutes=30)
REFRESH_LENGTH = timedelta(days=30)

ACCESS_PREFIX = "kho_"
REFRESH_PREFIX = "khr_"

MOST_REDIRECTS = 20
LONGEST_REDIRECT = 1000
LONGEST_NAME = 80

# What an app may be granted: no app is an administrator or an auditor, nor somebody's customer.
SCOPES = identity.SCOPES - {identity.ADMIN, identity.AUDIT, "access_invoices"}

# Only what a simple comparison of strings decides (RFC 3986 § 6.2.1): no escapes to be undone.
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+", re.ASCII)
_LOOPBACK = re.compile(
    r"http://(127\.0\.0\.1|\[::1\]|localhost)(?::[1-9][0-9]{0,4})?(/[^#]*)?", re.ASCII
)
_WEB = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"(?::[1-9][0-9]{0,4})?(?:/[^#@]*)?",
    re.ASCII,
)
# RFC 8252 § 7.1: a private scheme is a domain name in reverse order, so it holds a dot.
_PRIVATE = re.compile(r"[a-z][a-z0-9+\-]*(?:\.[a-z0-9+\-]+)+:/[^#@]*", re.ASCII)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
# RFC 6749 appendix A: parameters are visible ASCII; quotes would break an error's description.
_PARAMETER = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{0,4096}", re.ASCII)


def check_details(details: AppDetails) -> None:
    """Invalid names the field of an app that cannot stand like this."""
    name = details.name
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid("app", f"A name has 1 to {LONGEST_NAME} characters.", field="name")
    if details.kind not in KINDS:
        raise Invalid("app", f"An app is one of {', '.join(KINDS)}.", field="kind")
    unknown = sorted(details.scopes - SCOPES)
    if unknown:
        raise Invalid("app", f"{unknown[0]!r} is no scope of apps.", field="scopes")
    if not details.scopes:
        raise Invalid("app", "An app asks for one scope at least.", field="scopes")
    if len(details.redirect_uris) > MOST_REDIRECTS:
        raise Invalid("app", f"At most {MOST_REDIRECTS} addresses.", field="redirect_uris")
    if details.kind != "confidential" and not details.redirect_uris:
        raise Invalid("app", "Name the address to come back to.", field="redirect_uris")
    for uri in details.redirect_uris:
        if words := trouble_with(uri, kind=details.kind):
            raise Invalid("app", words, field="redirect_uris")


def trouble_with(uri: str, *, kind: str) -> str | None:
    """Why an address cannot be registered; None if it can.

    https, or http on the own machine; for native apps a private scheme besides.
    """
    if len(uri) > LONGEST_REDIRECT or not _ADDRESS.fullmatch(uri):
        return "An address has at most 1000 characters, all of them of a URL without fragment."
    if {".", ".."} & set(urlsplit(uri).path.split("/")):
        return "An address is written without dots as parts of its path."
    if _WEB.fullmatch(uri) or _LOOPBACK.fullmatch(uri):
        return None
    if kind == "native" and _PRIVATE.fullmatch(uri):
        return None
    return (
        "An address begins with https:// and a host in lower case, or with http:// on the own"
        " machine (127.0.0.1, [::1], localhost); of a native app with a scheme like com.example:/."
    )


def is_registered(uri: str, details: AppDetails) -> bool:
    """Whether a browser may be sent there: exactly as registered.

    The port is free on the own machine of a native app (RFC 8252 § 7.3).
    """
    if uri in details.redirect_uris:
        return True
    if details.kind != "native":
        return False
    return any(_is_same_loopback(uri, known) for known in details.redirect_uris)


def form_target(uri: str) -> str:
    """The source of an address in a Content-Security-Policy: scheme, host and port.

    The scheme alone where the policy knows no such host: a private scheme, an IPv6 address.
    """
    parts = urlsplit(uri)
    is_host = bool(parts.netloc) and not parts.netloc.startswith("[")
    return f"{parts.scheme}://{parts.netloc}" if is_host else f"{parts.scheme}:"


def is_challenge(text: str | None, method: str | None) -> bool:
    """Whether this is an S256 challenge (RFC 7636); plain and none are not taken."""
    return method == "S256" and bool(_CHALLENGE.fullmatch(text or ""))


def is_parameter(text: str) -> bool:
    """Whether a text can be a parameter of an app's request."""
    return bool(_PARAMETER.fullmatch(text))


def requested(text: str | None, allowed: frozenset[str]) -> frozenset[str] | None:
    """The scopes of a request within what is allowed, all of it without a word; None if beyond."""
    scopes = frozenset((text or "").split())
    if not scopes:
        return allowed or None
    return scopes if scopes <= allowed else None


def spoken(scopes: Iterable[str]) -> str:
    """Scopes as the protocol writes them."""
    return " ".join(sorted(scopes))


def _is_same_loopback(uri: str, known: str) -> bool:
    mine, theirs = _LOOPBACK.fullmatch(uri), _LOOPBACK.fullmatch(known)
    if mine is None or theirs is None:
        return False
    return mine.groups() == theirs.groups() and _ADDRESS.fullmatch(uri) is not None
