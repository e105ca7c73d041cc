"""References, delivery and payment over HTTP: what may be said, and where it stands."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import date

import pikepdf
import pytest
from lxml import etree
from PIL import Image

from kontorhaus.files import queries as files
from kontorhaus.invoicing.agreement import media
from kontorhaus.kernel import exact_json
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.billing.documents.input import DocumentInput, new_document
from tests.surfaces.billing.billing_api import CLIENT, LINES, Api, invoice


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1, 1)).save(made, "PNG")
    return made.getvalue()


def scripted() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as opened:
        opened.add_blank_page()
        opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        opened.save(made)
    return made.getvalue()


PNG = picture()


def file(name: str, content: bytes, **more: str) -> dict[str, str]:
    return {"fileName": name, "content": base64.b64encode(content).decode(), **more}


def archive(*parts: tuple[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, content in parts:
            opened.writestr(name, content)
    return made.getvalue()


SHEET = archive(("[Content_Types].xml", "x"), ("xl/workbook.xml", "x"))
FILES = [
    file("stunden.csv", b"Tag;Stunden\n1.3.;8\n", description="Stundenzettel"),
    file("foto.png", PNG),
    file("liste.xlsx", SHEET),
    file("liste.ods", archive(("mimetype", media.ODS), ("content.xml", ""))),
]
DEBIT = {
    "type": "direct-debit",
    "mandate": "M-2026-17",
    "creditorId": "DE98 ZZZ0 9999 9999 99",
    "iban": "DE02 1203 0000 0000 2020 51",
}
STEPS = [{"days": 7, "percent": 3}, {"days": 14, "percent": 2}]
AGREED = {
    "buyerReference": "04011000-1234512345-06",
    "orderReference": "B-4711",
    "contractReference": "RV-8",
    "projectReference": "P-9",
    "despatchAdvice": "LS-7",
    "receivingAdvice": "WE-6",
    "deliveryAddress": {
        "name": "Lager Nord",
        "lines": ["Hafenstraße 1", "22761 Hamburg"],
        "countryCode": "DE",
    },
    "dueDate": "2026-04-01",
    "skonto": STEPS,
}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"buyerReference": "04011000-1234512345-07"}, "buyerReference"),
        ({"buyerReference": "x" * 201}, "buyerReference"),
        ({"orderReference": 4711}, "orderReference"),
        ({"contractReference": "x" * 201}, "contractReference"),
        ({"projectReference": "a\u0007"}, "projectReference"),
        ({"despatchAdvice": []}, "despatchAdvice"),
        ({"receivingAdvice": "x" * 201}, "receivingAdvice"),
        ({"deliveryAddress": {"lines": [], "countryCode": "DE"}}, "deliveryAddress.lines"),
        ({"deliveryAddress": {"lines": ["A"]}}, "deliveryAddress.countryCode"),
        ({"deliveryAddress": {"lines": ["A"], "countryCode": "d"}}, "deliveryAddress.countryCode"),
        ({"dueDate": "2026-03-01"}, "dueDate"),
        ({"dueDate": "2026-04-01", "paymentDays": 3}, "paymentDays"),
        ({"paymentDays": -1}, "paymentDays"),
        ({"skonto": [{"days": 7, "percent": 0}]}, "skonto[0].percent"),
        ({"skonto": [{"days": 7, "percent": 100}]}, "skonto[0].percent"),
        ({"skonto": [{"days": 7, "percent": 2}, {"days": 7, "percent": 1}]}, "skonto"),
        ({"skonto": [{"days": 7, "percent": 2}, {"days": 9, "percent": 2}]}, "skonto"),
        ({"skonto": [{"days": 30, "percent": 2}], "paymentDays": 29}, "skonto"),
        ({"skonto": [{"days": n, "percent": 9 - n} for n in range(1, 5)]}, "skonto"),
        ({"paymentMeans": {"type": "cash"}}, "paymentMeans.type"),
        ({"paymentMeans": {"type": "transfer", "iban": DEBIT["iban"]}}, "paymentMeans.iban"),
        ({"paymentMeans": {"type": "direct-debit"}}, "paymentMeans.mandate"),
        ({"paymentMeans": {**DEBIT, "mandate": "Ä"}}, "paymentMeans.mandate"),
        ({"paymentMeans": {**DEBIT, "creditorId": "DE99ZZZ09999999999"}}, "paymentMeans.creditor"),
        ({"paymentMeans": {**DEBIT, "iban": "DE03120300000000202051"}}, "paymentMeans.iban"),
        ({"syntax": "edifact"}, "syntax"),
        ({"profile": "basic"}, "profile"),
        ({"attachments": [file("a.exe", b"MZ")]}, "attachments[0]"),
        ({"attachments": [file("../a.pdf", b"%PDF-1.4")]}, "attachments[0]"),
        ({"attachments": [file("factur-x.xml", b"<a/>")]}, "attachments[0]"),
        ({"attachments": [file("a.pdf", b"")]}, "attachments"),
        ({"attachments": [{"fileName": "a.pdf", "content": "%%%"}]}, "attachments[0].content"),
        ({"attachments": [file("a.pdf", PNG)]}, "attachments[0]"),
        ({"attachments": [file("a.pdf", b"%PDF-1.4")]}, "attachments[0]: This PDF is damaged: "),
        ({"attachments": [file("a.png", PNG[:40])]}, "attachments[0]: This picture is damaged: "),
        ({"attachments": [file("a.pdf", scripted())]}, "attachments[0]: This PDF has a script"),
        ({"attachments": [file("a.csv", b"a\x00b")]}, "attachments[0]"),
        ({"attachments": [file("a.csv", b"a" * (1024 * 1024 + 1))]}, "attachments[0]"),
        ({"attachments": [file("a.xlsx", b"PK\x03\x04")]}, "attachments[0]"),
        ({"attachments": [file("a.xlsx", archive(("word/document.xml", "x")))]}, "attachments[0]"),
        (
            {
                "attachments": [
                    file(
                        "a.xlsx",
                        archive(
                            ("[Content_Types].xml", "x"),
                            ("xl/workbook.xml", "x"),
                            ("xl/vbaProject.bin", "x"),
                        ),
                    )
                ]
            },
            "attachments[0]",
        ),
        ({"attachments": [file("a.ods", SHEET)]}, "attachments[0]"),
        ({"attachments": [file("a.png", PNG), file("A.PNG", PNG)]}, "attachments"),
        ({"attachments": [file(f"{n}.png", PNG) for n in range(11)]}, "attachments"),
        ({"attachments": FILES, "exportType": "xrechnung", "syntax": "cii"}, "attachments"),
        ({"type": "estimate", "dueDate": "2026-04-01"}, "dueDate"),
        ({"type": "delivery-note", "skonto": STEPS}, "skonto"),
        ({"invoiceType": "credit-note", "paymentMeans": DEBIT}, "paymentMeans"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_its_field(api: Api, said, field) -> None:
    body = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES, **said}
    response = api("POST", "/documents", body)
    assert response.status_code == 400, response.text
    assert field in response.json()["error"]
    assert api.ok("GET", "/documents")["total"] == 0


def test_what_is_agreed_comes_back_and_is_cleared_by_null(api: Api) -> None:
    document = invoice(api, **AGREED)
    assert {name: document[name] for name in AGREED} == AGREED
    assert document["paymentMeans"]["type"] == "transfer"
    path = f"/documents/{document['id']}"
    changed = api.ok("PATCH", path, {"dueDate": None, "paymentDays": 0, "skonto": None})
    assert (changed["dueDate"], changed["paymentDays"], changed["skonto"]) == (None, 0, [])
    assert changed["orderReference"] == "B-4711"
    cleared = api.ok("PATCH", path, dict.fromkeys(AGREED))
    assert [cleared[name] for name in AGREED] == [None] * 8 + [[]]


def test_a_delivery_elsewhere_decides_whether_a_supply_is_intra_community(api: Api) -> None:
    body = {
        "client": {**CLIENT, "countryCode": "AT", "taxNumber": "ATU12345675"},
        "vatRegulation": "intra-community-supply",
        "exportType": "factur-x",
    }
    place = {"lines": ["Rue 1", "75001 Paris"], "countryCode": "FR"}
    assert invoice(api, **body, deliveryAddress=place)["totalAmount"]
    at_home = {"type": "invoice", "date": "2026-03-02", "lines": LINES, **body}
    at_home["deliveryAddress"] = {"lines": ["Weg 1", "20457 Hamburg"], "countryCode": "DE"}
    response = api("POST", "/documents", at_home)
    assert response.status_code == 422
    assert response.json()["details"][0]["rule"] == "BR-IC-12"


@pytest.mark.parametrize(("syntax", "root"), [("ubl", "Invoice"), ("cii", "CrossIndustryInvoice")])
def test_an_xrechnung_is_written_in_the_syntax_that_is_asked_for(api: Api, syntax, root) -> None:
    document = invoice(api, **AGREED, exportType="xrechnung", syntax=syntax, finalized=True)
    xml = api("GET", f"/documents/{document['id']}/xml").content
    tree = etree.fromstring(xml)
    assert etree.QName(tree).localname == root
    texts = [text.strip() for text in tree.itertext() if text.strip()]
    for said in ("04011000-1234512345-06", "B-4711", "RV-8", "P-9", "LS-7", "WE-6", "Lager Nord"):
        assert said in texts
    assert "#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#" in texts


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"skonto": STEPS}, "EXTENDED"),
        ({"skonto": STEPS, "profile": "en16931"}, "EN 16931"),
        ({"profile": "extended"}, "EXTENDED"),
        ({}, "EN 16931"),
    ],
)
def test_a_factur_x_is_as_rich_as_it_must_be(api: Api, said, level) -> None:
    document = invoice(api, exportType="factur-x", dueDate="2026-04-01", finalized=True, **said)
    content = api("GET", f"/documents/{document['id']}/pdf").content
    assert len(content) < 100_000
    with pikepdf.open(io.BytesIO(content)) as opened:
        metadata = opened.Root.Metadata.read_bytes().decode()
        xml = opened.attachments["factur-x.xml"].get_file().read_bytes().decode()
    assert f"<fx:ConformanceLevel>{level}</fx:ConformanceLevel>" in metadata
    has_figures = "<ram:ActualDiscountAmount>4.20</ram:ActualDiscountAmount>" in xml
    assert has_figures == (level == "EXTENDED" and "skonto" in said)


@pytest.mark.parametrize("syntax", ["ubl", "cii"])
def test_a_direct_debit_names_mandate_creditor_and_account(api: Api, syntax) -> None:
    document = invoice(
        api, paymentMeans=DEBIT, exportType="xrechnung", syntax=syntax, finalized=True
    )
    tree = etree.fromstring(api("GET", f"/documents/{document['id']}/xml").content)
    texts = list(tree.itertext())
    for said in ("59", "M-2026-17", "DE98ZZZ09999999999", "DE02120300000000202051"):
        assert said in texts
    cancelled = api.ok("POST", f"/documents/{document['id']}/cancel", {})
    assert cancelled["cancelled"] is True


def test_files_go_along_inside_an_xrechnung(api: Api, resources: Resources) -> None:
    document = invoice(api, exportType="xrechnung", attachments=FILES, finalized=True)
    xml = etree.fromstring(api("GET", f"/documents/{document['id']}/xml").content)
    found = xml.iterfind(".//{*}EmbeddedDocumentBinaryObject")
    assert [(each.get("filename"), each.text) for each in found] == [
        (each["fileName"], each["content"]) for each in FILES
    ]
    assert [each["fileName"] for each in document["attachments"]] == [
        each["fileName"] for each in FILES
    ]
    with api.working(resources) as work:
        assert list(files.verify(work, blobs=resources.blobs)) == []
    path = f"/documents/{document['id']}/cancel"
    api.ok("POST", path, {})


@pytest.mark.parametrize("export", ["pdf", "factur-x"])
def test_files_go_along_beside_a_pdf(api: Api, export: str) -> None:
    draft = invoice(api, exportType=export, attachments=FILES[:1])
    path = f"/documents/{draft['id']}"
    api.ok("PATCH", path, {"attachments": FILES, "finalized": True})
    with pikepdf.open(io.BytesIO(api("GET", f"{path}/pdf").content)) as opened:
        held = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
        relations = {str(spec.UF): str(spec.AFRelationship) for spec in opened.Root.AF}
    xml = held.pop("factur-x.xml", b"").decode()
    assert held == {each["fileName"]: base64.b64decode(each["content"]) for each in FILES}
    assert all(relations[name] == "/Supplement" for name in held)
    assert ("#ef=foto.png" in xml) == (export == "factur-x")


def test_a_run_takes_no_files_along() -> None:
    row = {"type": "invoice", "client": CLIENT, "lines": LINES, "attachments": FILES}
    body = DocumentInput.model_validate(exact_json.decode(json.dumps(row).encode()))
    with pytest.raises(Invalid, match="no files"):
        new_document(body, today=date(2026, 3, 2))


def test_each_file_that_goes_along_comes_back_as_it_was_given(api: Api) -> None:
    path = f"/documents/{invoice(api, attachments=FILES)['id']}"
    shown = api.ok("GET", path)["attachments"]
    for place, (each, given) in enumerate(zip(shown, FILES, strict=True), 1):
        answer = api("GET", f"{path}/attachments/{place}")
        assert answer.content == base64.b64decode(given["content"])
        assert answer.headers["content-type"].partition(";")[0] == each["mediaType"]
        assert answer.headers["content-disposition"].startswith(
            f'attachment; filename="{each["fileName"]}"'
        )
    for wrong in ("0", str(len(FILES) + 1), "-1", "9" * 30):
        answer = api("GET", f"{path}/attachments/{wrong}")
        assert (answer.status_code, "attachment" in answer.text) == (404, True), answer.text
    assert api("GET", f"{path}/attachments/x").status_code == 400
    bare = invoice(api)["id"]
    assert "No file" in api("GET", f"/documents/{bare}/attachments/1").json()["error"]
    assert api("GET", "/documents/AbCdEf1234/attachments/1").status_code == 404
