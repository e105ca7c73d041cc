"""What a party must be, and what can be read from its numbers."""

from __future__ import annotations

import re
from dataclasses import replace

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.errors import Invalid

EU_COUNTRIES = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"}
    | {"IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
INVOICE_COUNTRIES = EU_COUNTRIES | {"CH", "GB"}

VAT_REGULATIONS = ("standard", "reverse-charge", "intra-community-supply")

MAX_CUSTOM_FIELDS = 20
MAX_CUSTOM_KEY = 40
MAX_CUSTOM_VALUE = 500

_LOCAL = r"[^@\s<>,;:\"()\[\]\\]{1,64}"
_LABEL = r"[^@\s<>,;:\"()\[\]\\.]+"
_EMAIL = re.compile(rf"{_LOCAL}@{_LABEL}(\.{_LABEL})+")
_VAT_ID = re.compile(r"(?:EL|XI|CHE|[A-Z]{2})(?=[A-Z0-9+*]*\d)[A-Z0-9+*]{2,12}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/]")


def check(details: PartyDetails) -> PartyDetails:
    """The details as they are kept; Invalid names the field that cannot stand."""
    if not details.name.strip():
        raise Invalid("name", "A contact needs a name.", field="name")
    if details.email is not None:
        check_email(details.email)
    if details.country_code is not None and not re.fullmatch("[A-Z]{2}", details.country_code):
        raise Invalid(
            "country_code", "Write the country as two letters (ISO 3166-1).", field="countryCode"
        )
    if details.vat_regulation is not None and details.vat_regulation not in VAT_REGULATIONS:
        raise Invalid(
            "vat_regulation", f"One of: {', '.join(VAT_REGULATIONS)}.", field="vatRegulation"
        )
    _check_custom_fields(details)
    return details


def check_email(email: str) -> None:
    """Invalid("email") if this cannot be an address; nothing is sent to find out."""
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise Invalid("email", "This is no e-mail address.", field="email")


def _check_custom_fields(details: PartyDetails) -> None:
    if len(details.custom_fields) > MAX_CUSTOM_FIELDS:
        raise Invalid(
            "custom_fields", f"At most {MAX_CUSTOM_FIELDS} custom fields.", field="customFields"
        )
    for key, value in details.custom_fields.items():
        if not 0 < len(key) <= MAX_CUSTOM_KEY or len(value) > MAX_CUSTOM_VALUE:
            raise Invalid(
                "custom_fields",
                f"A custom field has a name of 1 to {MAX_CUSTOM_KEY} and a value of at most"
                f" {MAX_CUSTOM_VALUE} characters.",
                field=f"customFields.{key[:MAX_CUSTOM_KEY]}",
            )


def vat_id(text: str | None) -> str | None:
    """The VAT id (§ 27a UStG) in `text` without blanks and dots; None if it has not that form."""
    compact = _SEPARATORS.sub("", text or "").upper()
    if not _VAT_ID.fullmatch(compact):
        return None
    known = compact[:2] in INVOICE_COUNTRIES or compact[:2] in ("EL", "XI")
    return compact if known else None


def with_tax_number(details: PartyDetails, tax_number: str | None) -> PartyDetails:
    """The details with another tax number, kept as VAT id if it has that form."""
    is_vat_id = vat_id(tax_number) is not None
    return replace(
        details,
        vat_id=tax_number if is_vat_id else None,
        tax_id=None if is_vat_id else tax_number,
    )


def is_account_wish(number: str | None) -> bool:
    """Whether a debtor or creditor number looks like a personal account (five digits)."""
    return number is not None and re.fullmatch(r"[1-9]\d{4}", number, re.ASCII) is not None


def shown_number(wish: str | None, account: str | None) -> str | None:
    """What is shown as debtor or creditor number: the user's own text, else the account.

    A wish in the form of an account was granted or taken by another: then the account speaks.
    """
    return account if wish is None or is_account_wish(wish) else wish
