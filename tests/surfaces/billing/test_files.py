"""Files of documents over HTTP: PDF, XML, Factur-X and previews."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from tests.surfaces.billing.billing_api import Api, invoice


def test_a_plain_invoice_has_a_pdf_that_never_changes(api: Api) -> None:
    document = invoice(api, finalized=True)
    path = f"/documents/{document['id']}"
    first = api("GET", f"{path}/pdf")
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"].startswith(
        'attachment; filename="RE-2026-0001.pdf"'
    )
    assert first.content.startswith(b"%PDF")
    again = api("GET", f"{path}/pdf?disposition=inline")
    assert again.content == first.content
    assert again.headers["content-disposition"].startswith("inline")
    assert api("GET", f"{path}/xml").status_code == 404
    assert api("GET", f"{path}/pdf?disposition=x").status_code == 400
    assert api("GET", "/documents/AbCdEf1234/pdf").status_code == 404


def test_an_xrechnung_is_xml_with_a_readable_preview(api: Api) -> None:
    document = invoice(api, exportType="xrechnung", finalized=True)
    path = f"/documents/{document['id']}"
    xml = api("GET", f"{path}/xml")
    assert xml.headers["content-type"] == "application/xml"
    assert b"xrechnung_3.0" in xml.content
    assert b"RE-2026-0001" in xml.content
    assert b">140.16<" in xml.content
    assert api("GET", f"{path}/pdf").status_code == 404
    assert api("GET", f"{path}/preview").content.startswith(b"%PDF")


def test_a_factur_x_carries_its_xml(api: Api, tmp_path: Path) -> None:
    document = invoice(api, exportType="factur-x", finalized=True)
    content = api("GET", f"/documents/{document['id']}/pdf").content
    (tmp_path / "invoice.pdf").write_bytes(content)
    with pikepdf.open(tmp_path / "invoice.pdf") as opened:
        assert list(opened.attachments) == ["factur-x.xml"]
        assert b">140.16<" in opened.attachments["factur-x.xml"].get_file().read_bytes()


def test_other_types_are_documents_with_a_pdf(api: Api) -> None:
    for kind, number in (
        ("estimate", "AN-2026-0001"),
        ("delivery-note", "LS-2026-0001"),
        ("purchase-order", "BE-2026-0001"),
        ("order-confirmation", "AB-2026-0001"),
    ):
        document = invoice(api, type=kind, finalized=True)
        assert document["number"] == number
        assert api("GET", f"/documents/{document['id']}/pdf").content.startswith(b"%PDF")
