"""DATEV's master data: customers and vendors (category 16), names of accounts (category 20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kontorhaus.contacts import rules as contacts
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev.model import PersonalAccount

# Numbers of the columns of category 16 that this program fills.
_ACCOUNT, _COMPANY, _KIND, _SHORT, _VAT_COUNTRY, _VAT_NUMBER = 1, 2, 7, 8, 9, 10
_STREET_KIND, _STREET, _ZIP, _CITY, _COUNTRY, _MORE = 15, 16, 18, 19, 20, 22
_PHONE, _EMAIL, _IBAN_COUNTRY, _IBAN, _BIC, _NUMBER, _TAX_NUMBER = 29, 33, 44, 45, 47, 99, 100
_CONTACT = 102
_IS_COMPANY = "2"


def party_lines(accounts: Iterable[PersonalAccount], books: datev.Books) -> Iterator[str]:
    """A row for each personal account, with what is known of its party."""
    lengths = {column.number: column.max_length for column in extf.PARTIES.columns}
    for account in accounts:
        values = {
            _ACCOUNT: books.number(account.number),
            _COMPANY: account.name,
            _KIND: _IS_COMPANY,
            _SHORT: account.name,
            **(_details(account.details) if account.details is not None else {}),
        }
        cut = {number: _text(value)[: lengths[number]].strip() for number, value in values.items()}
        yield extf.row_line(cut, extf.PARTIES)


def _details(details: PartyDetails) -> Mapping[int, str]:
    values = {
        _PHONE: details.phone or "",
        _EMAIL: details.email or "",
        _CONTACT: details.contact_person or "",
        _TAX_NUMBER: details.tax_id or "",
        _NUMBER: details.client_number or "",
    }
    address = contacts.address_of(details)
    if address is not None:
        values |= {
            _STREET_KIND: "STR",
            _STREET: address.street[0] if address.street else "",
            _MORE: " ".join(address.street[1:]),
            _ZIP: address.zip if address.zip.isascii() and address.zip.isalnum() else "",
            _CITY: address.city,
            _COUNTRY: address.country,
        }
    vat_id = (details.vat_id or "").replace(" ", "")
    if vat_id[:2].isalpha():
        values |= {_VAT_COUNTRY: vat_id[:2].upper(), _VAT_NUMBER: vat_id[2:]}
    if details.iban:
        values |= {
            _IBAN_COUNTRY: details.iban[:2],
            _IBAN: details.iban,
            _BIC: details.bic or "",
        }
    return values


def account_lines(names: Iterable[tuple[str, str]], books: datev.Books) -> Iterator[str]:
    """A row for each account (number and name) in German."""
    for number, name in names:
        text = _text(name)
        values = {1: books.number(number), 2: text[:40], 3: "de-DE", 4: text[:300]}
        yield extf.row_line(values, extf.ACCOUNTS)


def _text(value: str) -> str:
    return extf.printable(value).strip()
