"""Invented numbers that belong to nobody and yet have the right check digits."""

from __future__ import annotations

from string import digits

_LETTERS = {letter: str(ord(letter) - 55) for letter in map(chr, range(65, 91))}


def german_iban(account: int, *, bank: int = 1) -> str:
    """An IBAN of Germany; no bank code begins with 9, so the account is nobody's."""
    return iban("DE", f"9009{bank:04}{account:010}")


def iban(country: str, account: str) -> str:
    """An IBAN with its check digits (ISO 7064 MOD 97-10)."""
    return f"{country}{_check(account + country):02}{account}"


def leitweg_id(coarse: str, fine: str) -> str:
    """The address of a public body on e-invoices; checked like an IBAN."""
    return f"{coarse}-{fine}-{_check(coarse + fine):02}"


def vat_id(number: int) -> str:
    """A German VAT id with its check digit (ISO 7064 MOD 11,10); numbers up to 99 999 999."""
    product = 10
    for digit in f"{number:08}":
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return f"DE{number:08}{(11 - product) % 10}"


def mistyped(number: str) -> str:
    """The number with the last two different neighbouring digits swapped."""
    for at in range(len(number) - 2, -1, -1):
        first, second = number[at], number[at + 1]
        if first in digits and second in digits and first != second:
            return number[:at] + second + first + number[at + 2 :]
    return number


def _check(text: str) -> int:
    return 98 - int("".join(_LETTERS.get(sign, sign) for sign in text.upper()) + "00") % 97
