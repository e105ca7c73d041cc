"""When a supply is made: the days that an invoice tells (§ 14 (4) no. 6 UStG)."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.invoicing.model import Content, Snapshot
from kontorhaus.kernel.errors import Invalid


def with_kind_of_day(content: Content) -> Content:
    """The content with the kind of service date that follows from which of the two days are given.

    Invalid("service_date") where they do not fit each other.
    """
    start, end, kind = content.service_date, content.service_date_end, content.service_date_type
    if end is not None:
        if kind not in (None, "service-period"):
            raise Invalid(
                "service_date", "Only a service-period has an end.", field="serviceDateEnd"
            )
        if start is None or end < start:
            raise Invalid(
                "service_date",
                "A period begins with serviceDate, on or before its end.",
                field="serviceDateEnd",
            )
        return replace(content, service_date_type="service-period")
    if start is not None and kind is None:
        return replace(content, service_date_type="service-date")
    return content


def with_supply_day(content: Content) -> Content:
    """What an invoice says, the day of supply named where it was left to the day of the invoice."""
    if content.service_date is not None or content.form == "partial":
        return content
    return replace(content, service_date=content.document_date, service_date_type="service-date")


def is_supplied_on_its_day(snapshot: Snapshot) -> bool:
    """Whether the day of the invoice stands for the day of supply.

    A down payment is asked for before there is any, and what gives back names the day it was.
    """
    content = snapshot.content
    is_of_supply = content.form not in ("partial", "credit-note", "cancellation")
    return snapshot.type == "invoice" and content.service_date is None and is_of_supply
