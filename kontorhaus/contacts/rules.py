"""What a party must be, and what can be read from its numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from stdnum.eu import vat
from stdnum.exceptions import InvalidLength, ValidationError

from kontorhaus.contacts.model import Party, PartyDetails, Role
from kontorhaus.kernel import email as addresses
from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel import postal
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.postal import PostalAddress

EU_COUNTRIES = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"}
    | {"IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
INVOICE_COUNTRIES = EU_COUNTRIES | {"CH", "GB"}

VAT_REGULATIONS = ("standard", "reverse-charge", "intra-community-supply")

MAX_CUSTOM_FIELDS = 20
MAX_CUSTOM_KEY = 40
MAX_CUSTOM_VALUE = 500

_VAT_ID = re.compile(r"(?:EL|XI|CHE|[A-Z]{2})(?=[A-Z0-9+*]*\d)[A-Z0-9+*]{2,12}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/]")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)

# Cyrillic and Greek letters that look like Latin ones.
_LOOK_ALIKE = str.maketrans("авеікмнорстухјѕαβεικνορτυχ", "abeikmhopctyxjsabeiknoptyx")


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
    if not addresses.is_address(email):
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


# --- addresses


def address_of(details: PartyDetails) -> PostalAddress | None:
    """The address of a party by its parts; None if nothing of it is known."""
    lines = details.address
    if not lines and details.country_code is None:
        return None
    country = details.country_code or ""
    town = postal.town_line(details.zip or "", details.city or "", country)
    if town and town in lines:
        place = len(lines) - 1 - lines[::-1].index(town)
        street = lines[:place] + lines[place + 1 :]
        return PostalAddress(street, details.zip or "", details.city or "", country)
    return postal.postal_address(lines, country)


def with_address(details: PartyDetails, address: PostalAddress | None) -> PartyDetails:
    """The details with another address, as lines and, for post code and town, by its parts.

    An address that says the same by its parts leaves the lines as they were written.
    """
    if address is None:
        parts = PostalAddress((), "", "", "")
    elif _joined(address) == _joined(address_of(details)):
        return details
    else:
        parts = address
    town = postal.town_line(parts.zip, parts.city, parts.country)
    first, second, *_ = [*filter(None, (", ".join(parts.street), town)), None, None]
    return replace(
        details,
        address1=first,
        address2=second,
        address3=None,
        zip=parts.zip or None,
        city=parts.city or None,
        country_code=parts.country or None,
    )


def _joined(address: PostalAddress | None) -> tuple[str, ...] | None:
    if address is None:
        return None
    return (", ".join(address.street), address.zip, address.city, address.country)


# --- who is who


def name_key(name: str) -> str:
    """A name as names are compared: no case, no extra blanks, no invisible or look-alike signs."""
    visible = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFKC", name).casefold()
        if unicodedata.category(sign) != "Cf"
    )
    return " ".join(visible.translate(_LOOK_ALIKE).split())


def number_key(number: str | None) -> str | None:
    """A tax number or VAT id as numbers are compared: letters and digits only."""
    return re.sub("[^0-9A-Z]", "", (number or "").upper()) or None


def check_unique(details: PartyDetails, role: Role, others: Sequence[Party]) -> None:
    """Nobody else who is active in this role has that name, tax number or VAT id.

    Conflict: duplicate_name, duplicate_tax_id, duplicate_vat_id; existing_id names the other.
    """
    compared: tuple[tuple[str, str, Callable[[PartyDetails], str | None]], ...] = (
        ("duplicate_name", "name", lambda said: name_key(said.name)),
        ("duplicate_tax_id", "tax number", lambda said: number_key(said.tax_id)),
        ("duplicate_vat_id", "VAT id", lambda said: number_key(said.vat_id)),
    )
    rivals = [other for other in others if other.account(role) and other.is_active(role)]
    for code, word, key in compared:
        mine = key(details)
        for other in rivals:
            if mine is not None and mine == key(other.details):
                raise Conflict(code, f"Another {role} has this {word}.", existing_id=str(other.id))


def is_same(party: Party, details: PartyDetails) -> bool:
    """Whether these details can be said of a party: the same name and nothing that contradicts."""
    known = party.details
    if name_key(known.name) != name_key(details.name):
        return False
    return all(
        getattr(details, name) in (None, {}, getattr(known, name)) or not getattr(known, name)
        for name in _said_besides_the_name()
    )


def joined(known: PartyDetails, more: PartyDetails) -> PartyDetails:
    """What is known, and what more was said where nothing was."""
    return replace(
        known,
        **{
            name: getattr(more, name)
            for name in _said_besides_the_name()
            if not getattr(known, name)
        },
    )


def _said_besides_the_name() -> list[str]:
    return [item.name for item in fields(PartyDetails) if item.name != "name"]


def check_numbers(details: PartyDetails) -> PartyDetails:
    """The details with IBAN and BIC in their plain form; Invalid names the field that cannot stand.

    A VAT id of the EU is refused for its form and length only: whether it was given out tells the
    tax office (§ 18e UStG), not a check digit.
    """
    if details.iban and not ibans.is_valid(details.iban):
        raise Invalid("invalid_input", "This is no IBAN: check its digits.", field="iban")
    iban = ibans.compact(details.iban or "") or None
    bic = _SEPARATORS.sub("", details.bic or "").upper() or None
    if bic and not _BIC.fullmatch(bic):
        raise Invalid("invalid_input", "This is no BIC: 8 or 11 letters and digits.", field="bic")
    if details.vat_id and not _has_vat_form(details.vat_id):
        raise Invalid("invalid_input", "This has not the form of a VAT id.", field="vat_id")
    return replace(details, iban=iban, bic=bic)


def _has_vat_form(text: str) -> bool:
    compact = _SEPARATORS.sub("", text).upper()
    if compact[:2] not in EU_COUNTRIES | {"EL", "XI"}:
        return True
    try:
        vat.validate(compact)
    except InvalidLength:
        return False
    except ValidationError:
        return _VAT_ID.fullmatch(compact) is not None
    return True
