"""A client of the books surface, and what the tests send through it."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from kontorhaus.kernel import exact_json
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller


class Api:
    """A client of one tenant whose answers are exact JSON."""

    def __init__(self, served: TestClient, token: str, caller: Caller, resources: Resources):
        self._served, self._token = served, token
        self.caller, self.resources = caller, resources

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", **more.pop("headers", {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._served.request(method, f"/books/v1{path}", headers=headers, **more)

    def ok(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        response = self(method, path, body, **more)
        assert response.status_code == status, response.text
        return exact_json.decode(response.content) if response.content else None

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        response = self(method, path, body, **more)
        return response.status_code, response.json()["code"]

    def upload(
        self,
        path: str,
        content: bytes,
        name: str = "auszug.xml",
        kind: str = "text/xml",
        **more: Any,
    ) -> Any:
        return self("POST", path, files={"file": (name, content, kind)}, **more)

    def with_token(self, token: str) -> Api:
        """The same tenant with another credential."""
        return Api(self._served, token, self.caller, self.resources)


def line(account: str, debit: float = 0, credit: float = 0, **more: Any) -> dict[str, Any]:
    return {"account_number": account, "debit": debit, "credit": credit, **more}


def booking(day: str = "2026-03-02", amount: float = 100, **more: Any) -> dict[str, Any]:
    """Cash sale without tax; `more` overrides any field."""
    return {
        "booking_date": day,
        "description": f"Beleg {day}",
        "lines": [line("1800", amount), line("4400", 0, amount)],
        "skip_duplicate_check": True,
        **more,
    }
