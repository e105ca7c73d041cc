"""The access log tells what was asked, but no secret that stood in the address."""

from __future__ import annotations

from uuid import UUID

import pytest
from structlog.testing import capture_logs

from kontorhaus.runtime import stopwatch
from kontorhaus.surfaces.conventions import middleware
from kontorhaus.surfaces.conventions.exchange import Exchange

ID = "01a1f96d-892d-763e-be18-8a24be776b32"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/setup/{'9f' * 32}", "/setup/…"),
        (f"/books/v1/journal/{ID}", f"/books/v1/journal/{ID}"),
        ("/invoices/aB3dE5fG7h", "/invoices/aB3dE5fG7h"),
    ],
)
def test_a_token_in_a_path_is_not_logged(path: str, told: str) -> None:
    found = Exchange(
        request_id=UUID(ID),
        method="GET",
        path=path,
        headers={b"x-request-id": b"x" * 5000},
        client="address:",
        started=stopwatch.microseconds(),
        surface="web",
    )
    with capture_logs() as lines:
        middleware.finish(found)
    (line,) = lines
    assert (line["path"], line["their_request_id"]) == (told, "x" * 200)
