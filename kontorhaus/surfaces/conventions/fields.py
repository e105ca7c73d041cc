"""Wire types: what a field of a request may hold, what one of an answer does, and its schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kontorhaus.kernel import email as addresses
from kontorhaus.kernel import money
from kontorhaus.kernel.errors import Refusal
from kontorhaus.surfaces.conventions.wire_json import AsText

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_UPPER = {2: re.compile(r"[A-Z]{2}", re.ASCII), 3: re.compile(r"[A-Z]{3}", re.ASCII)}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The same in the document; where a text must be there, one of its signs is no blank.
_SIGN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_SIGNS = (rf"^{_SIGN}*$", rf"^{_SIGN}*[^\x00-\x20\x7f\s]{_SIGN}*$")
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_BIGINT = 10**18
# Under which name an error of pydantic carries our reason, phrase or plain text.
SAID = "said"
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class In(BaseModel):
    """A body that is taken in exactly as described; an unknown field is refused by its name."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LaxIn(BaseModel):
    """A body whose unknown fields are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class CamelIn(In):
    """`In` with camelCase names on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


class Query(LaxIn):
    """The query parameters that an operation knows; others are ignored.

    `also_ampersand` are signs that are read as if they were the ampersand between two parameters.
    """

    also_ampersand: ClassVar[tuple[bytes, ...]] = ()


class CamelQuery(Query):
    """`Query` with camelCase names on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


class Out(BaseModel):
    """An answer; made by keyword."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        arbitrary_types_allowed=True,
    )


class CamelOut(Out):
    """`Out` with camelCase names on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


def sent(body: BaseModel) -> dict[str, Any]:
    """The fields that a body names, null or not, by their Python names."""
    return {name: getattr(body, name) for name in body.model_fields_set}


def refused(message: str) -> PydanticCustomError:
    """The reason why a value cannot stand in its field."""
    return PydanticCustomError("wire", "{said}", {SAID: message})


@dataclass(frozen=True, slots=True)
class _Text:
    least: int
    most: int
    pattern: str | None

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        schema = core_schema.str_schema(
            min_length=self.least, max_length=self.most, pattern=self.pattern, strict=True
        )
        return core_schema.no_info_after_validator_function(self._check, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"pattern": _SIGNS[self.least > 0], **handler(schema)}

    def _check(self, value: str) -> str:
        if value.isprintable() and not value.isspace() and (value or not self.least):
            return value
        if _CONTROL.search(value):
            raise refused("holds a control character")
        if self.least and not value.strip():
            raise refused("is blank")
        return value


@dataclass(frozen=True, slots=True)
class _Whole:
    least: int
    most: int | None

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        number = core_schema.int_schema(ge=self.least, le=self.most or _BIGINT, strict=True)
        return core_schema.no_info_before_validator_function(_without_point, number)


def text(least: int = 0, most: int = 2000, pattern: str | None = None) -> Any:
    """Annotation of a `str` with its length in characters; `pattern` is a regular expression."""
    return _Text(least, most, pattern)


def whole(least: int = 0, most: int | None = 2**31 - 1) -> Any:
    """Annotation of an `int` between two bounds; without `most` what a bigint holds."""
    return _Whole(least, most)


def _without_point(value: object) -> object:
    """JSON knows one kind of number: 2.0 is a whole one."""
    is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return int(value) if is_whole else value  # type: ignore[call-overload]


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise refused("must be a JSON number")


def _limited(
    places: int, least: Decimal | None = None, most: Decimal | None = None
) -> Callable[[object], Decimal]:
    def check(value: object) -> Decimal:
        number = _decimal(value)
        if least is not None and number < least:
            raise refused(f"must be at least {least}")
        if most is not None and number > most:
            raise refused(f"must be at most {most}")
        # only now: what lies within the bounds can be rounded with the digits that Decimal computes
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places and number != round(number, places):
            raise refused(f"has more than {places} digits behind the point")
        return number

    return check


def _money(value: object) -> money.Money:
    if isinstance(value, money.Money):
        return value
    try:
        return money.Money.exact(_decimal(value))
    except Refusal as refusal:
        raise refused(refusal.message) from refusal


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise refused("must be a day, written YYYY-MM-DD")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise refused("is no day of the calendar") from error
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise refused(f"must lie between {_FIRST_DAY} and {_LAST_DAY}")
    return day


def _id(value: object) -> UUID:
    if isinstance(value, UUID):
        return value
    if not (isinstance(value, str) and _UUID.fullmatch(value)):
        raise refused("must be a UUID")
    return UUID(value)


def _email(value: object) -> str:
    if not (isinstance(value, str) and addresses.is_address(value)):
        raise refused("must be an e-mail address")
    return value


def _upper(length: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not (isinstance(value, str) and _UPPER[length].fullmatch(value)):
            raise refused(f"must be {length} capital letters")
        return value

    return check


def _number_schema(**more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", **more})


_LARGEST = Decimal(10) ** 12
_BOUNDS = {"minimum": -int(_LARGEST), "maximum": int(_LARGEST)}
_EXAMPLE = Decimal("1190.00")

Money = Annotated[money.Money, PlainValidator(_money), _number_schema(examples=[_EXAMPLE])]
MoneyString = Annotated[
    money.Money,
    PlainValidator(_money),
    AsText(),
    WithJsonSchema({"type": "string", "examples": ["1190.00"]}),
]
Amount = Annotated[
    Decimal,
    PlainValidator(_limited(4, -_LARGEST, _LARGEST)),
    _number_schema(**_BOUNDS, examples=[_EXAMPLE]),
]
Price = Annotated[
    Decimal, PlainValidator(_limited(6, -_LARGEST, _LARGEST)), _number_schema(**_BOUNDS)
]
NonNegativePrice = Annotated[
    Decimal,
    PlainValidator(_limited(6, Decimal(0), _LARGEST)),
    _number_schema(minimum=0, maximum=_BOUNDS["maximum"]),
]
Quantity = Annotated[
    Decimal, PlainValidator(_limited(6, -_LARGEST, _LARGEST)), _number_schema(**_BOUNDS)
]
Percent = Annotated[
    Decimal,
    PlainValidator(_limited(2, Decimal(0), Decimal(100))),
    _number_schema(minimum=0, maximum=100),
]
Fraction = Annotated[
    Decimal,
    PlainValidator(_limited(4, Decimal(0), Decimal(1))),
    _number_schema(minimum=0, maximum=1),
]
Rate = Annotated[
    Decimal,
    PlainValidator(_limited(10, Decimal("0.0000000001"), _LARGEST)),
    _number_schema(exclusiveMinimum=0, maximum=_BOUNDS["maximum"]),
]
_DAYS = {"type": "string", "format": "date", "pattern": r"^(19|20|21)\d{2}-\d{2}-\d{2}$"}
Day = Annotated[date, PlainValidator(_day), WithJsonSchema(_DAYS)]
Id = Annotated[UUID, PlainValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"})]
Email = Annotated[
    str, PlainValidator(_email), WithJsonSchema({"type": "string", "format": "email"})
]
Currency = Annotated[
    str, PlainValidator(_upper(3)), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
CountryCode = Annotated[
    str, PlainValidator(_upper(2)), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})
]
