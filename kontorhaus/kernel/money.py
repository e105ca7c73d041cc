"""Money in minor units; the one rounding function of the house (half up, away from zero)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kontorhaus.kernel.errors import Invalid

# Currencies whose minor unit is not a hundredth (ISO 4217); all others have two digits.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_DIGITS = {
    currency: digits
    for currencies, digits in ((_WHOLE, 0), (_THOUSANDTHS, 3))
    for currency in currencies.split()
}

# What a bigint column and the widest DATEV amount can both hold.
MAX_MINOR = 10**12 - 1


def minor_digits(currency: str) -> int:
    """Digits behind the decimal point of a currency."""
    return _MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount: `minor` counts the smallest unit (cents) of `currency` (ISO 4217)."""

    minor: int
    currency: str = "EUR"

    @classmethod
    def rounded(cls, amount: Decimal, currency: str = "EUR") -> Money:
        """The nearest amount in minor units; halves are rounded away from zero."""
        shifted = amount.scaleb(minor_digits(currency))
        return cls(int(shifted.to_integral_value(rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def exact(cls, amount: Decimal, currency: str = "EUR") -> Money:
        """The amount itself; Invalid("amount_digits") if it is finer than the minor unit."""
        shifted = amount.scaleb(minor_digits(currency))
        money = cls(int(shifted), currency)
        if money.minor != shifted:
            raise Invalid(
                "amount_digits",
                f"{amount} has more digits than {currency} knows "
                f"({minor_digits(currency)} behind the point).",
            )
        if abs(money.minor) > MAX_MINOR:
            raise Invalid("amount_too_large", f"{amount} is larger than any amount allowed.")
        return money

    @classmethod
    def zero(cls, currency: str = "EUR") -> Money:
        """Nothing at all."""
        return cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units with exactly the currency's digits."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: Money) -> None:
        assert self.currency == other.currency, f"{self.currency} and {other.currency} do not mix"


def total(amounts: Iterable[Money], currency: str = "EUR") -> Money:
    """The sum of amounts of one currency; zero of `currency` when there are none."""
    minor = 0
    for amount in amounts:
        assert amount.currency == currency, f"{amount.currency} and {currency} do not mix"
        minor += amount.minor
    return Money(minor, currency)


def shares(whole: Money, weights: Sequence[int]) -> list[Money]:
    """Split `whole` cumulatively by weights (minor units >= 0), so that the shares add up to it.

    Share k is rounded(whole * weights up to k / all weights) minus the shares before it.
    """
    everything = sum(weights)
    given, reached, result = 0, 0, []
    for weight in weights:
        reached += weight
        upto = int(
            (Decimal(whole.minor) * reached / everything).to_integral_value(ROUND_HALF_UP)
            if everything
            else 0
        )
        result.append(Money(upto - given, whole.currency))
        given = upto
    return result
