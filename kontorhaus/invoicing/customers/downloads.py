"""The files of a customer's invoices: slow where one was never rendered, so outside transactions.

pdf(resources, caller, *, party_id, serial) -> File
"""

from __future__ import annotations

from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing.artefacts import File
from kontorhaus.invoicing.customers import queries
from kontorhaus.invoicing.model import ArtefactKind, ExportType
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin


def pdf(resources: Resources, caller: Caller, *, party_id: PartyId, serial: int) -> File:
    """The PDF of an invoice, the same bytes that the seller has; NotFound("not_found")."""
    with begin(resources.database, caller, read_only=True) as work:
        found = queries.invoice(work, party_id=party_id, serial=serial)
    return artefacts.fetch(
        resources, caller, public_id=found.public_id, kind=_readable(found.export_type)
    )


def _readable(export_type: ExportType) -> ArtefactKind:
    """What of a document a person can read: an XRechnung has a preview."""
    return "preview" if export_type == "xrechnung" else "pdf"
