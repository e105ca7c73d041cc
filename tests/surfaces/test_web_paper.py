"""The pages of the letter paper over HTTP: what is saved, refused at its field, and shown."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image

from kontorhaus.invoicing import settings
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.settings import Settings
from kontorhaus.invoicing.stationery.model import Wording
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime.work import begin
from tests.surfaces.web_office import Office, complaints

DOCUMENTS, LAYOUT, EMAIL = "/settings/documents", "/settings/layout", "/settings/email"
PICTURE = "/settings/layout/picture"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
    b'<path fill="#0f5c6e" d="M0 0h40v20H0z"/></svg>'
)


@pytest.fixture
def office(office_of: Callable[[str], Office]) -> Office:
    return office_of("owner")


def found(office: Office) -> Settings:
    with begin(office.database, office.caller) as work:
        return settings.found(work)


def upload(office: Office, content: bytes, token: str | None = None) -> object:
    form = {"form_token": token or office.form(LAYOUT)["form_token"]}
    files = {"file": ("logo.svg", content, "image/svg+xml")}
    return office.client.post(f"{LAYOUT}/logo", data=form, files=files)


@pytest.mark.parametrize("path", [DOCUMENTS, f"{DOCUMENTS}?type=delivery-note", LAYOUT, EMAIL])
def test_a_form_sent_as_it_stands_changes_nothing(office: Office, path: str) -> None:
    before = found(office)
    answer = office.send(path)
    assert answer.headers["location"].startswith(path)
    assert found(office) == before
    page = office.client.get(answer.headers["location"]).text
    assert "Gespeichert." in page
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?://", page)


def test_numbers_and_texts_are_saved_for_their_type(office: Office) -> None:
    answer = office.send(
        DOCUMENTS, number_format="R{number:03}", cancellation_format="S{number:03}",
        introduction_de="Guten Tag <b>{name}</b>,\r\n\r\nwie vereinbart.", price_layout="gross",
    )  # fmt: skip
    assert answer.headers["location"] == f"{DOCUMENTS}?type=invoice&saved=1"
    office.send(f"{DOCUMENTS}?type=estimate", notes_en="Valid until {dueDate}.")
    saved = found(office)
    assert saved.numbers["invoice"].following == "R001"
    assert saved.numbers["cancellation"].following == "S001"
    assert saved.paper.price_layouts == {"invoice": "gross"}
    words = Wording("Guten Tag <b>{name}</b>,\n\nwie vereinbart.", "")
    assert saved.paper.texts == {
        "invoice": {"de": words},
        "estimate": {"en": Wording("", "Valid until {dueDate}.")},
    }
    page = office.client.get(DOCUMENTS).text
    assert "Als Nächstes: R001" in page
    assert "Guten Tag &lt;b&gt;{name}&lt;/b&gt;," in page
    office.send(DOCUMENTS, number_format="", introduction_de="")
    assert found(office).numbers["invoice"].format == "RE-{year}-{number:04}"
    assert found(office).paper.wording("invoice", "de") == Wording()


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        (DOCUMENTS, {"number_format": "RE-{year}"},
         {"number_format": "Ein Format enthält {number} einmal und {year} höchstens einmal."}),
        (DOCUMENTS, {"cancellation_format": "RE-{year}-{number}"},
         {"cancellation_format": "Rechnungen und Stornorechnungen brauchen eigene Formate,"
          " sonst könnten zwei dieselbe Nummer haben."}),
        (DOCUMENTS, {"notes_en": "x" * 2001},
         {"notes_en": "Ein Text hat höchstens 2000 Zeichen."}),
        (LAYOUT, {"accent": "red"}, {"accent": "Eine Farbe wird als #rrggbb geschrieben."}),
        (LAYOUT, {"tagline": "x" * 101},
         {"tagline": "Das ist eine Zeile mit höchstens 100 Zeichen."}),
        (EMAIL, {"reply_to": "nobody"}, {"reply_to": "Das ist keine E-Mail-Adresse."}),
        (EMAIL, {"sender_name": "a\nb"},
         {"sender_name": "Das ist eine Zeile mit höchstens 100 Zeichen."}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(
    office: Office, path: str, typed: dict[str, str], words: dict[str, str]
) -> None:
    before = found(office)
    assert complaints(office.send(path, **typed)) == words
    assert found(office) == before


def test_a_series_begins_where_it_is_told_until_it_has_begun(office: Office) -> None:
    assert 'id="number_start"' in office.client.get(DOCUMENTS).text
    office.send(DOCUMENTS, number_start="118")
    assert found(office).numbers["invoice"].following.endswith("-0118")
    words = {"number_start": "Hier steht eine ganze Zahl."}
    assert complaints(office.send(DOCUMENTS, number_start="0")) == words
    with begin(office.database, office.caller) as work:
        series.draw(work, kind="invoice", day=work.today, document_id=DocumentId(work.new_id()))
    assert 'id="number_start"' not in office.client.get(DOCUMENTS).text
    words["number_start"] = (
        "Aus diesem Nummernkreis sind schon Nummern vergeben: Er geht lückenlos weiter."
    )
    refused = office.send(DOCUMENTS, number_start="200")
    assert (refused.status_code, words["number_start"] in refused.text) == (422, True)
    assert found(office).numbers["invoice"].following.endswith("-0119")


def test_a_look_is_saved_as_it_was_chosen(office: Office) -> None:
    answer = office.send(LAYOUT, theme="classic", accent="#AA3355", tagline=" Seit 1890 ")
    assert answer.headers["location"] == f"{LAYOUT}?saved=1"
    brand = found(office).paper.brand
    assert (brand.theme, brand.accent, brand.tagline) == ("classic", "#aa3355", "Seit 1890")


def test_a_picture_shows_the_look_before_it_is_saved(office: Office) -> None:
    answer = office.client.get(PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(answer.content)).size == (794, 1123)
    other = office.client.get(PICTURE, params={"theme": "classic", "tagline": "Neu"})
    assert (other.status_code, other.content != answer.content) == (200, True)
    assert found(office).paper.brand.theme == "modern"
    assert office.client.get(PICTURE, params={"accent": "red"}).status_code == 422


def test_a_logo_is_put_on_and_taken_off(office: Office) -> None:
    assert "Ohne Logo" in office.client.get(LAYOUT).text
    bare = office.client.get(PICTURE).content
    assert upload(office, SVG).headers["location"] == f"{LAYOUT}?saved=1"
    assert "Documents" not in office.client.get(LAYOUT).text
    assert "Dokumente tragen Ihr Logo." in office.client.get(LAYOUT).text
    assert office.client.get(PICTURE).content != bare
    form = {"form_token": office.form(LAYOUT)["form_token"]}
    assert office.client.post(f"{LAYOUT}/logo/remove", data=form).status_code == 303
    assert office.client.get(PICTURE).content == bare


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SVG.replace(b"<path", b"<text/><path"),
         "Dieses Bild lässt sich nicht verwenden: Speichern Sie es als PNG oder als SVG aus"
         " einfachen Formen."),
        (b"x" * (1024 * 1024 + 1), "Die Datei eines Logos hat höchstens 1 MiB."),
    ],
)  # fmt: skip
def test_a_hostile_logo_is_refused_at_its_field(office: Office, content: bytes, words: str) -> None:
    assert complaints(upload(office, content)) == {"file": words}
    assert found(office).paper.brand.logo is None


def test_mails_go_out_in_the_name_that_was_typed(office: Office) -> None:
    office.send(EMAIL, sender_name="Rechnungsstelle", reply_to="re@nordlicht.example")
    saved = found(office).paper
    assert (saved.sender_name, saved.reply_to, saved.copy_to) == (
        "Rechnungsstelle", "re@nordlicht.example", "",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["member", "auditor"])
@pytest.mark.parametrize("path", [DOCUMENTS, LAYOUT, EMAIL])
def test_everybody_else_reads(office_of: Callable[[str], Office], role: str, path: str) -> None:
    office = office_of(role)
    page = office.client.get(path).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "Das ändern Inhaber und Administratoren" in main
    assert 'type="submit"' not in main
    for control in re.findall(r"<(?:input class|select|textarea)[^>]*>", main):
        assert " readonly" in control or " disabled" in control
    before = found(office)
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', page)
    assert token
    form = {"form_token": token[1], "type": "invoice", "tagline": "x", "sender_name": "x"}
    assert office.client.post(path, data=form).status_code == 403
    assert upload(office, SVG, token[1]).status_code == 403
    assert office.client.get(PICTURE).status_code == 200
    assert found(office) == before


@pytest.mark.parametrize("path", [DOCUMENTS, LAYOUT, EMAIL])
def test_settings_need_the_token_of_their_form(office: Office, path: str) -> None:
    assert office.send(path, form_token="f" * 64, tagline="x").status_code == 403
    assert upload(office, SVG, "f" * 64).status_code == 403


def test_a_type_that_there_is_not_is_404(office: Office) -> None:
    assert office.client.get(f"{DOCUMENTS}?type=receipt").status_code == 404
