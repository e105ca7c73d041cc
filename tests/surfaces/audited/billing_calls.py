"""Every operation of billing that writes, called once as it is meant."""

from __future__ import annotations

from kontorhaus.surfaces.billing.runs import tasks as runs
from tests.surfaces.audited.stage import Stage
from tests.surfaces.billing.billing_api import CLIENT, LINES

V1 = "/billing/v1"
LETTER = {"recipient": "a@example.org", "subject": "Rechnung", "message": "Guten Tag"}
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
)
INVOICE = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES}


def play(stage: Stage) -> None:
    """All of them, in an order in which each finds what it needs."""
    _master_data(stage)
    _documents(stage)
    _customers(stage)


def _master_data(stage: Stage) -> None:
    for name, body, change in (
        ("contacts", {**CLIENT, "name": "Kontakt", "clientNumber": "K-7"}, {"name": "Kontakt AG"}),
        ("products", {"title": "Hosting"}, {"title": "Hosting M"}),
    ):
        stage.ids["id"] = stage.call(f"POST {V1}/{name}", body)["id"]
        stage.call(f"PATCH {V1}/{name}/{{id}}", change, changes=True)
        stage.call(f"DELETE {V1}/{name}/{{id}}")
    stage.call(f"PATCH {V1}/company", {"name": "Nordlicht AG"}, changes=True)
    stage.call(f"PATCH {V1}/settings", {"layout": {"accent": "#112233"}}, changes=True)
    logo = {"file": ("logo.svg", LOGO, "image/svg+xml")}
    stage.call(f"PUT {V1}/settings/logo", files=logo, changes=True)
    stage.call(f"DELETE {V1}/settings/logo", changes=True)


def _documents(stage: Stage) -> None:
    stage.ids["id"] = stage.call(f"POST {V1}/documents", INVOICE)["id"]
    stage.call(f"PATCH {V1}/documents/{{id}}", {"notes": "neu"}, changes=True)
    stage.call(f"DELETE {V1}/documents/{{id}}")
    estimate = {**INVOICE, "type": "estimate", "finalized": True}
    stage.ids["id"] = stage.call(f"POST {V1}/documents", estimate)["id"]
    stage.call(f"POST {V1}/documents/{{id}}/convert", {"type": "order-confirmation"})
    stage.ids["id"] = stage.call(f"POST {V1}/documents", {**INVOICE, "finalized": True})["id"]
    stage.call(f"POST {V1}/documents/{{id}}/email", LETTER)
    stage.call(f"POST {V1}/documents/{{id}}/send", LETTER)
    stage.call(f"PATCH {V1}/documents/{{id}}", {"paid": True}, changes=True)
    stage.call(f"PATCH {V1}/documents/{{id}}", {"paid": False}, changes=True)
    stage.call(f"POST {V1}/documents/{{id}}/cancel", {})
    job = stage.call(f"POST {V1}/documents/bulk", [{**INVOICE, "finalized": True}])
    stage.work_off("billing.document_run", runs.make_documents, run_id=job["id"])


def _customers(stage: Stage) -> None:
    """What a customer is given to see its invoices."""
    contact = {**CLIENT, "name": "Kundin", "clientNumber": "K-8"}
    stage.ids["id"] = stage.call(f"POST {V1}/contacts", contact)["id"]
    for kind, body in (("token", {"name": "Portal"}), ("link", {})):
        path = f"{V1}/contacts/{{id}}/portal-{kind}s"
        stage.ids[f"{kind}_id"] = stage.call(f"POST {path}", body)["id"]
        stage.call(f"DELETE {path}/{{{kind}_id}}")
