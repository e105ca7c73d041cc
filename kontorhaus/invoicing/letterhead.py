"""What is made for the letter paper: a logo out of a foreign file, and a picture of a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import drafting
from kontorhaus.invoicing.making import rendering
from kontorhaus.invoicing.model import Client, Content, Language, Line, Snapshot
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.stationery import logo
from kontorhaus.invoicing.stationery.model import Logo, Stationery
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Work
from kontorhaus.runtime.workshop import WorkshopFailure

_LOGO_SECONDS = 30
_LOGO_CPU_SECONDS = 5
_PICTURE_SECONDS = 30
_RETRY_SECONDS = 2
_BUSY = frozenset({"busy", "closed"})
_SAMPLES: dict[Language, tuple[Client, tuple[tuple[str, str, str], ...]]] = {
    "de": (
        Client("Muster & Söhne GmbH", client_number="10042", address1="Am Markt 1",
               address2="12345 Musterstadt", country_code="DE"),
        (("Beratung", "4", "Stunde"), ("Einrichtung", "1", "pauschal")),
    ),
    "en": (
        Client("Sample & Sons Ltd", client_number="10042", address1="1 Market Square",
               address2="12345 Sampletown", country_code="DE"),
        (("Consulting", "4", "hour"), ("Set-up", "1", "flat")),
    ),
}  # fmt: skip
_PRICE = Decimal(95)


def read_logo(resources: Resources, *, content: bytes) -> Logo:
    """The picture of a foreign file, written anew.

    Invalid: file_too_large, logo. Conflict("unavailable") while there is no room for the work.
    """
    if len(content) > logo.MOST_BYTES:
        raise Invalid("file_too_large", "The file of a logo has at most 1 MiB.", field="file")
    try:
        return resources.workshop.run(
            rendering.read_logo,
            content,
            timeout_seconds=_LOGO_SECONDS,
            cpu_seconds=_LOGO_CPU_SECONDS,
        )
    except WorkshopFailure as failure:
        if failure.reason in _BUSY:
            raise Conflict(
                "unavailable",
                "The logo could not be read now: try again in a moment.",
                retry_after_seconds=_RETRY_SECONDS,
            ) from failure
        raise Invalid(
            "logo", "This picture takes too much to read: make it smaller.", field="file"
        ) from failure


def sample(work: Work, *, paper: Stationery) -> Snapshot:
    """An invented invoice of the company on a letter paper, as it would be sent."""
    profile = identity.profile(work)
    language: Language = "en" if profile.language == "en" else "de"
    client, rows = _SAMPLES[language]
    said = paper.wording("invoice", language)
    content = Content(
        document_date=work.today,
        client=client,
        lines=tuple(
            Line(title, Decimal(quantity), _PRICE, None, profile.vat_default, unit=unit)
            for title, quantity, unit in rows
        ),
        language=language,
        service_date=work.today - timedelta(days=1),
        introduction=said.introduction or None,
        notes=said.notes or None,
        price_layout="gross" if paper.price_layouts.get("invoice") == "gross" else "net",
    )
    number = series.following(work, kind="invoice", day=work.today)
    drafted = drafting.snapshot(work, content=content, document_type="invoice", number=number)
    seller = replace(drafted.seller, brand=paper.brand)
    return replace(drafted, seller=seller, finalized=True, is_test=False)


def picture(resources: Resources, *, snapshot: Snapshot) -> bytes:
    """The first page of a document as PNG; Conflict("unavailable")."""
    try:
        return resources.workshop.run(rendering.picture, snapshot, timeout_seconds=_PICTURE_SECONDS)
    except WorkshopFailure as failure:
        raise Conflict(
            "unavailable",
            "The picture could not be made now: try again in a moment.",
            retry_after_seconds=_RETRY_SECONDS,
        ) from failure
