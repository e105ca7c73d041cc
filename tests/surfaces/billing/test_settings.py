"""The settings over HTTP: what they are, and what a new document makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.surfaces.billing.billing_api import CLIENT, LINES, Api, invoice

TYPES = ["invoice", "estimate", "delivery-note", "purchase-order", "order-confirmation"]
UNSAID = {"introduction": "", "notes": ""}


def document(api: Api, **more: Any) -> Any:
    body = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES, **more}
    return api.ok("POST", "/documents", body, 201)


def next_numbers(api: Api) -> dict[str, str]:
    return {kind: one["next"] for kind, one in api.ok("GET", "/settings")["numbers"].items()}


def test_a_new_company_has_the_usual_settings(api: Api) -> None:
    found = api.ok("GET", "/settings")
    assert (found["timeZone"], found["language"]) == ("Europe/Berlin", "de")
    assert found["paymentDays"] == 14
    assert found["layout"] == {"theme": "modern", "accent": "#0f5c6e", "tagline": "", "logo": None}
    assert found["email"] == {"senderName": "", "replyTo": "", "copyTo": ""}
    usual = {"priceLayout": "net", "texts": {"de": UNSAID, "en": UNSAID}}
    assert found["documents"] == dict.fromkeys(TYPES, usual)
    assert set(found["numbers"]) == {*TYPES, "cancellation"}
    assert found["numbers"]["invoice"]["format"] == "RE-{year}-{number:04}"


def test_what_is_left_out_stays_at_every_depth(api: Api) -> None:
    texts = {"de": {"introduction": "Guten Tag,", "notes": "Danke!"}}
    api.ok(
        "PATCH",
        "/settings",
        {
            "paymentDays": 30,
            "documents": {"invoice": {"priceLayout": "gross", "texts": texts}},
            "layout": {"theme": "classic", "accent": "#ABCDEF", "tagline": "seit 1890"},
            "email": {"senderName": "Nordlicht Rechnungen", "replyTo": "re@nordlicht.example"},
            "numbers": {"invoice": {"format": "R{number:05}"}, "estimate": {"format": "A{number}"}},
        },
    )
    changed = api.ok(
        "PATCH",
        "/settings",
        {
            "documents": {"invoice": {"texts": {"de": {"notes": None}, "en": {"notes": "Bye"}}}},
            "layout": {"tagline": None},
            "email": {"replyTo": None, "copyTo": "ablage@nordlicht.example"},
            "numbers": {"estimate": {"format": None}},
        },
    )
    assert changed == api.ok("GET", "/settings")
    assert changed["paymentDays"] == 30
    assert changed["documents"]["invoice"] == {
        "priceLayout": "gross",
        "texts": {
            "de": {"introduction": "Guten Tag,", "notes": ""},
            "en": {"introduction": "", "notes": "Bye"},
        },
    }
    assert changed["documents"]["estimate"]["priceLayout"] == "net"
    layout = {"theme": "classic", "accent": "#abcdef", "tagline": "", "logo": None}
    assert changed["layout"] == layout
    assert changed["email"] == {
        "senderName": "Nordlicht Rechnungen",
        "replyTo": "",
        "copyTo": "ablage@nordlicht.example",
    }
    assert changed["numbers"]["invoice"]["format"] == "R{number:05}"
    assert changed["numbers"]["estimate"]["format"] == "AN-{year}-{number:04}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "Name at least one setting"),
        ({"colour": "red"}, "colour"),
        ({"timeZone": "Europe/Atlantis"}, "time_zone"),
        ({"language": "fr"}, "language"),
        ({"paymentDays": 366}, "paymentDays"),
        ({"paymentDays": None}, "paymentDays"),
        ({"numbers": {"invoice": {"format": "RE-{year}"}}}, "number_formats.invoice"),
        ({"numbers": {"invoice": {"format": "RE-{month}-{number}"}}}, "number_formats.invoice"),
        ({"numbers": {"invoice": {"format": "ST-{year}-{number}"}}}, "cancellation"),
        ({"numbers": {"invoice": {"next": "RE-1"}}}, "numbers.invoice"),
        ({"numbers": {"receipt": {"format": "{number}"}}}, "receipt"),
        ({"documents": {"invoice": {"priceLayout": "both"}}}, "priceLayout"),
        ({"documents": {"invoice": {"texts": {"fr": {}}}}}, "fr"),
        ({"documents": {"invoice": {"texts": {"de": {"notes": "x" * 2001}}}}}, "notes"),
        ({"layout": {"accent": "red"}}, "accent"),
        ({"layout": {"theme": "neon"}}, "theme"),
        ({"layout": {"tagline": "a\nb"}}, "tagline"),
        ({"layout": {"logo": None}}, "logo"),
        ({"email": {"replyTo": "nobody"}}, "reply_to"),
        ({"email": {"copyTo": "a@b.example\r\nBcc: c@d.example"}}, "copy_to"),
        ({"email": {"senderName": "a\r\nBcc: c@d.example"}}, "senderName"),
    ],
)
def test_what_cannot_stand_is_400_naming_its_field(
    api: Api, body: dict[str, Any], field: str
) -> None:
    before = api.ok("GET", "/settings")
    response = api("PATCH", "/settings", body)
    assert response.status_code == 400
    assert field in response.json()["error"]
    assert api.ok("GET", "/settings") == before


def test_the_next_number_is_the_one_that_is_drawn(api: Api) -> None:
    api.ok("PATCH", "/settings", {"numbers": {"invoice": {"format": "R-{number:03}"}}})
    for number in ("R-001", "R-002"):
        assert next_numbers(api)["invoice"] == number
        invoice(api)
        assert next_numbers(api)["invoice"] == number  # a draft draws none
        assert document(api, finalized=True)["number"] == number
    # another format of the same series goes on with its count, and skips what was given by hand
    api.ok("PATCH", "/settings", {"numbers": {"invoice": {"format": "RG{number}"}}})
    document(api, number="RG3")
    assert next_numbers(api)["invoice"] == "RG4"
    assert document(api, finalized=True)["number"] == "RG4"


def test_a_series_begins_where_another_program_ended(api: Api) -> None:
    for start in (1180, 118):  # a mistake can be mended while no number was drawn
        wanted = {"invoice": {"format": "R-{number:04}", "startAt": start}}
        changed = api.ok("PATCH", "/settings", {"numbers": wanted})
        assert changed["numbers"]["invoice"]["next"] == f"R-{start:04}"
    assert document(api, finalized=True)["number"] == "R-0118"
    refused = api("PATCH", "/settings", {"numbers": {"invoice": {"startAt": 200}}})
    assert refused.status_code == 409
    assert "without a gap" in refused.json()["error"]
    assert document(api, finalized=True)["number"] == "R-0119"


@pytest.mark.parametrize("start", [0, -1, 1.5, "7", None, 10**9])
def test_a_start_is_a_whole_number(api: Api, start: object) -> None:
    refused = api("PATCH", "/settings", {"numbers": {"invoice": {"startAt": start}}})
    assert refused.status_code == 400
    assert "startAt" in refused.json()["error"]


def test_a_start_and_a_first_number_at_once_leave_no_gap(api: Api) -> None:
    numbers = {"numbers": {"invoice": {"format": "R{number}", "startAt": 50}}}
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "finalized": True}
    calls = [("PATCH", "/settings", numbers), *[("POST", "/documents", body)] * 4]
    api.ok("PATCH", "/settings", {"numbers": {"invoice": {"format": "R{number}"}}})
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: api(*call), calls))
    drawn = sorted(int(one.json()["number"][1:]) for one in answers[1:])
    assert drawn in ([1, 2, 3, 4], [50, 51, 52, 53])
    assert answers[0].status_code == (409 if drawn[0] == 1 else 200)


def test_each_type_draws_from_its_own_series(api: Api) -> None:
    for kind in TYPES:
        expected = next_numbers(api)[kind]
        day = next(part for part in expected.split("-") if len(part) == 4) + "-01-02"
        assert document(api, type=kind, date=day, finalized=True)["number"] == expected
        assert next_numbers(api)[kind] != expected


def test_texts_and_price_layout_are_those_of_the_type_unless_told(api: Api) -> None:
    texts = {
        "de": {"introduction": "Guten Tag {name},", "notes": "Zahlbar bis {dueDate}."},
        "en": {"introduction": "Dear {name},", "notes": ""},
    }
    wanted = {"invoice": {"priceLayout": "gross", "texts": texts}}
    api.ok("PATCH", "/settings", {"documents": wanted})
    usual = document(api)
    assert usual["introduction"] == "Guten Tag {name},"
    assert (usual["notes"], usual["priceLayout"]) == ("Zahlbar bis {dueDate}.", "gross")
    english = document(api, language="en")
    assert (english["introduction"], english["notes"]) == ("Dear {name},", None)
    told = document(api, introduction="Hallo", notes=None, priceLayout="net")
    assert (told["introduction"], told["notes"], told["priceLayout"]) == ("Hallo", None, "net")
    estimate = document(api, type="estimate")
    assert (estimate["introduction"], estimate["priceLayout"]) == (None, "net")
    # a change of a draft changes what it names, and nothing else
    kept = api.ok("PATCH", f"/documents/{told['id']}", {"notes": "Danke"})
    assert (kept["introduction"], kept["priceLayout"]) == ("Hallo", "net")


def test_an_xrechnung_cannot_follow_a_gross_layout(api: Api) -> None:
    api.ok("PATCH", "/settings", {"documents": {"invoice": {"priceLayout": "gross"}}})
    body = {"type": "invoice", "client": CLIENT, "lines": LINES, "exportType": "xrechnung"}
    refused = api("POST", "/documents", body)
    assert refused.status_code == 422
    assert api("POST", "/documents", {**body, "priceLayout": "net"}).status_code == 201


def test_what_a_text_leaves_open_is_filled_when_the_document_is_made(api: Api) -> None:
    api.ok("PATCH", "/settings", {"paymentDays": 10})
    notes = "{number} vom {date} an {name}, fällig {dueDate} {unknown}"
    made = document(api, exportType="xrechnung", finalized=True, notes=notes)
    xml = api("GET", f"/documents/{made['id']}/xml").text
    filled = f"{made['number']} vom 02.03.2026 an {CLIENT['name']}, fällig 12.03.2026 {{unknown}}"
    assert f"<cbc:Note>{filled}</cbc:Note>" in xml
    assert "<cbc:DueDate>2026-03-12</cbc:DueDate>" in xml


def test_a_final_document_keeps_the_settings_it_was_made_with(api: Api) -> None:
    final, draft = document(api, finalized=True), document(api)
    paths = [f"/documents/{one['id']}/pdf" for one in (final, draft)]
    before = [api("GET", path).content for path in paths]
    api.ok("PATCH", "/settings", {"layout": {"theme": "classic"}, "paymentDays": 3})
    after = [api("GET", path).content for path in paths]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_changes_at_once_lose_nothing(api: Api) -> None:
    bodies = [
        *({"numbers": {kind: {"format": f"{kind.upper()}-{{number}}"}}} for kind in TYPES),
        *({"documents": {kind: {"priceLayout": "gross"}}} for kind in TYPES[:3]),
    ]
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = list(pool.map(lambda body: api("PATCH", "/settings", body), bodies))
    assert Counter(answer.status_code for answer in answers) == {200: len(bodies)}
    found = api.ok("GET", "/settings")
    assert [found["numbers"][kind]["format"] for kind in TYPES] == [
        f"{kind.upper()}-{{number}}" for kind in TYPES
    ]
    layouts = [found["documents"][kind]["priceLayout"] for kind in TYPES]
    assert layouts == ["gross"] * 3 + ["net"] * 2


def test_who_may_only_read_is_refused(tenant: Callable[..., Api]) -> None:
    reader = tenant(scopes=("company:read",))
    assert reader("GET", "/settings").status_code == 200
    for answer in (
        reader("PATCH", "/settings", {"paymentDays": 7}),
        reader("PUT", "/settings/logo", files={"file": ("x.svg", b"<svg/>", "image/svg+xml")}),
        reader("DELETE", "/settings/logo"),
    ):
        assert answer.status_code == 403
    assert tenant(scopes=("documents:read",))("GET", "/settings").status_code == 403
    stranger = Api(reader._served, "none")
    assert stranger("GET", "/settings").status_code == 401
    assert stranger("DELETE", "/settings/logo").status_code == 401
    assert reader("PATCH", "/settings", b" " * (2 * 1024 * 1024 + 1)).status_code in (403, 413)
