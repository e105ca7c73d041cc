"""All PDFs of a customer in one ZIP: streamed, byte-identical, nobody else's."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from kontorhaus.invoicing.customers import archive
from tests.surfaces.portal.portal_api import DOMAIN, Customer, Shop

PATH = "/client/invoices/download/archive"


def unpacked(response: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def test_the_archive_holds_the_very_pdfs_that_the_seller_has(customer: Customer) -> None:
    first = customer.invoice(number="R/1")
    second = customer.invoice(number="R_1", date="2026-03-03")
    third = customer.invoice(DOMAIN, exportType="xrechnung", serviceDate="2026-03-01")
    seller = customer.shop.billing
    kept = seller("GET", f"/documents/{first['id']}/pdf").content
    response = customer.portal("GET", PATH)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/zip"
    assert 'filename="Rechnungen.zip"' in response.headers["content-disposition"]
    assert "content-length" not in response.headers
    files = unpacked(response)
    names = list(files)
    serials = customer.ids()
    assert names == ["R_1.pdf", f"{third['number']}.pdf", f"R_1-{serials[-1]}.pdf"]
    assert files[names[2]] == kept
    assert files[names[0]] == seller("GET", f"/documents/{second['id']}/pdf").content
    assert files[names[1]] == seller("GET", f"/documents/{third['id']}/preview").content


def test_the_archive_follows_the_query(customer: Customer) -> None:
    hosting = customer.invoice()
    domain = customer.invoice(DOMAIN, date="2026-03-03")
    customer.shop.billing.ok("PATCH", f"/documents/{domain['id']}", {"paid": True})
    for query, numbers in [
        ("type=hosting", [hosting["number"]]),
        ("type=Hosting?per_page=50", [hosting["number"]]),
        ("status=Paid", [domain["number"]]),
        ("transactions=true", [domain["number"]]),
        ("", [domain["number"], hosting["number"]]),
    ]:
        response = customer.portal("GET", f"{PATH}?{query}")
        assert list(unpacked(response)) == [f"{number}.pdf" for number in numbers], query
    assert customer.portal("GET", f"{PATH}?type=Upgrade").status_code == 404
    assert customer.portal("GET", f"{PATH}?status=Foo").status_code == 422


def test_nobody_gets_anothers_pdfs(shop: Shop, customer: Customer) -> None:
    other = shop.customer("Andere AG")
    other.invoice()
    response = customer.portal("GET", PATH)
    assert response.status_code == 404
    assert response.json()["data"]["message"] == response.json()["message"]
    own = customer.invoice()
    assert list(unpacked(customer.portal("GET", PATH))) == [f"{own['number']}.pdf"]
    assert shop.served.get(f"/portal{PATH}").status_code == 401
    weak = {"Authorization": f"Bearer {shop.key(customer.party_id, ('documents:read',))}"}
    assert shop.served.get(f"/portal{PATH}", headers=weak).status_code == 403


@pytest.mark.parametrize("count", [0, 1, 5])
def test_readers_of_a_stream_find_length_and_checksum_before_each_file(count: int) -> None:
    content = bytes(range(256)) * 500
    files = [(f"{n}.pdf", date(2026, 3, 2), content[n:]) for n in range(count)]
    whole = b"".join(archive.blocks(files))
    with zipfile.ZipFile(io.BytesIO(whole)) as found:
        assert [(one.filename, found.read(one)) for one in found.infolist()] == [
            (name, content) for name, _, content in files
        ]
        # bit 3 would say that they follow the content
        assert not any(one.flag_bits & 0x08 for one in found.infolist())
        assert {one.date_time[:3] for one in found.infolist()} <= {(2026, 3, 2)}


def test_memory_does_not_grow_with_the_number_of_files() -> None:
    def files(count: int) -> Iterator[archive.Member]:
        for n in range(count):
            yield f"R-{n}.pdf", date(2026, 3, 2), n.to_bytes(4, "big") * 25_000

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in archive.blocks(files(count)):
            pass
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    assert peak(600) < peak(60) + 1_000_000
