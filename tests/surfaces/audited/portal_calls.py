"""Every operation of the customers' portal that writes, called once as it is meant."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.runtime.work import begin
from tests.surfaces.audited.stage import Stage
from tests.surfaces.billing.billing_api import CLIENT, LINES

CUSTOMER = {**CLIENT, "name": "Kundin mit Guthaben", "clientNumber": "K-9"}


def play(stage: Stage) -> None:
    """All of them, by a customer with an invoice and credit for it."""
    contact = stage.call("POST /billing/v1/contacts", CUSTOMER)
    final = {"type": "invoice", "date": "2026-03-02", "lines": LINES, "finalized": True}
    stage.call("POST /billing/v1/documents", {**final, "clientId": contact["id"]})
    stage.ids["id"] = contact["id"]
    token = stage.call("POST /billing/v1/contacts/{id}/portal-tokens", {"name": "Portal"})["token"]
    headers = {"Authorization": f"Bearer {stage.tokens['books']}"}
    found = stage.client.get("/books/v1/customers", headers=headers, params={"search": "Guthaben"})
    party = PartyId(UUID(found.json()[0]["id"]))
    with begin(stage.resources.database, stage.caller) as work:
        topped_up = Issued("top_up", Money(1000), "1800", date(2026, 3, 2))
        credit.issue(work, party_id=party, issued=topped_up)
    headers = {"Authorization": f"Bearer {token}"}
    listed = stage.client.get("/portal/client/invoices", headers=headers).json()
    stage.ids["id"] = str(listed["data"][0]["id"])
    for step in ("pay", "remove-credit"):
        stage.call(f"POST /portal/client/invoices/{{id}}/{step}", token=token)
