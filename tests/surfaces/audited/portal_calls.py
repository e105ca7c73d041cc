"""Every operation of the customers' portal that writes, called once as it is meant."""

from __future__ import annotations

from tests.surfaces.audited.stage import Stage
from tests.surfaces.billing.billing_api import CLIENT, LINES

CUSTOMER = {**CLIENT, "name": "Kundin mit Guthaben", "clientNumber": "K-9"}
CREDIT = {"kind": "top_up", "amount": 10, "debit_account": "1800"}


def play(stage: Stage) -> None:
    """All of them, by a customer with an invoice and credit for it."""
    contact = stage.call("POST /billing/v1/contacts", CUSTOMER)
    final = {"type": "invoice", "date": "2026-03-02", "lines": LINES, "finalized": True}
    stage.call("POST /billing/v1/documents", {**final, "clientId": contact["id"]})
    stage.ids["id"] = contact["id"]
    token = stage.call("POST /billing/v1/contacts/{id}/portal-tokens", {"name": "Portal"})["token"]
    headers = {"Authorization": f"Bearer {stage.tokens['books']}"}
    found = stage.client.get("/books/v1/customers", headers=headers, params={"search": "Guthaben"})
    party = stage.ids["id"] = found.json()[0]["id"]
    stage.call("POST /books/v1/customers/{id}/credit", CREDIT)
    headers = {"Authorization": f"Bearer {token}"}
    listed = stage.client.get("/portal/client/invoices", headers=headers).json()
    stage.ids["id"] = str(listed["data"][0]["id"])
    for step in ("pay", "remove-credit"):
        stage.call(f"POST /portal/client/invoices/{{id}}/{step}", token=token)
    stage.ids["id"] = party
    out = {"amount": 10, "credit_account": "1800"}
    stage.call("POST /books/v1/customers/{id}/credit/pay-out", out)
