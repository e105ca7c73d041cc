"""Customers, vendors, their invoices and the bookings of these, as the tests of books send them."""

from __future__ import annotations

from typing import Any

from tests.surfaces.books.books_api import Api, booking, line

DAY = "2026-03-02"


def party(api: Api, role: str, name: str = "Anna Berg", **more: Any) -> Any:
    """A new customer or vendor."""
    return api.ok("POST", f"/{role}s", {"name": name, **more}, status=201)


def invoice(party_id: str, number: str = "RE-1", gross: float = 119, **more: Any) -> dict[str, Any]:
    """An outgoing invoice of one line with 19 % in a gross total; `more` overrides any field."""
    tax = round(gross * 19 / 119, 2)
    net = round(gross - tax, 2)
    return {
        "customer_id": party_id,
        "invoice_number": number,
        "invoice_date": DAY,
        "due_date": "2199-01-01",
        "total_net": net,
        "total_tax": tax,
        "total_gross": gross,
        "type": "invoice",
        "lines": [
            {
                "position": 1,
                "description": "Beratung",
                "quantity": 1,
                "unit_price": net,
                "tax_rate": 0.19,
                "tax_amount": tax,
                "line_total": gross,
                "account_number": "4400",
            }
        ],
        **more,
    }


def incoming(party_id: str, number: str = "4711", gross: float = 119, **more: Any) -> Any:
    """An incoming invoice like `invoice`."""
    body = invoice(party_id, number, gross)
    del body["customer_id"], body["type"]
    return {"vendor_id": party_id, **body, **more}


def sale(api: Api, account: str, gross: float = 119, **more: Any) -> str:
    """A booking of a claim over `gross`; below zero of a credit note."""
    sides = (gross, 0.0) if gross > 0 else (0.0, -gross)
    lines = [line(account, *sides), line("4400", *reversed(sides), tax_code="UST19")]
    return str(api.ok("POST", "/bookings", booking(DAY, lines=lines, **more))["intent_id"])


def purchase(api: Api, account: str, gross: float = 119, **more: Any) -> str:
    """A booking of a debt over `gross`; below zero of a vendor's credit note."""
    sides = (gross, 0.0) if gross > 0 else (0.0, -gross)
    lines = [line("6815", *sides, tax_code="VST19"), line(account, *reversed(sides))]
    return str(api.ok("POST", "/bookings", booking(DAY, lines=lines, **more))["intent_id"])
