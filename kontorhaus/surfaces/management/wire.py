"""What all objects of this surface share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from kontorhaus.surfaces.conventions import countries, fields

Environment = Literal["TEST", "LIVE"]
Order = Literal["asc", "desc"]
Text = Annotated[str, fields.text(0, 200)]
Filled = Annotated[str, fields.text(1, 200)]
Metadata = dict[str, Annotated[str, fields.text(0, 500)]]
Offset = Annotated[int, fields.whole(0, None)]


def absent() -> Any:
    """The default of a field that may be left out but, if it is there, is no null."""
    return Field(default=None)


def _country(code: str) -> str:
    if code not in countries.ALPHA3:
        raise fields.refused("is no country of ISO 3166-1 in three letters")
    return code


Country = Annotated[str, fields.text(3, 3), AfterValidator(_country)]


class Thing(fields.Out):
    """An object of this API; a field that has no value is left out."""

    id: UUID = Field(alias="_id")
    envs: list[Environment] = Field(alias="_envs")


class Done(fields.Out):
    """It is done."""

    success: bool = Field(alias="_success")


DONE = {"_success": True}


def filled(values: Mapping[str, object]) -> dict[str, object]:
    """The values that there are."""
    return {name: value for name, value in values.items() if value is not None and value != ""}
