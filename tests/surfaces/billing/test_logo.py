"""The logo over HTTP: taken in, printed, kept by final documents, and hostile ones refused."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.surfaces.billing.billing_api import Api, invoice

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
PLAIN = f'{HEAD} viewBox="0 0 40 20"><path fill="#0f5c6e" d="M0 0h40v20H0z"/></svg>'


def picture(format: str = "PNG", size: tuple[int, int] = (60, 20), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 90).save(out, format)
    return out.getvalue()


def put(api: Api, content: bytes | str, name: str = "logo.svg") -> Any:
    material = content.encode() if isinstance(content, str) else content
    return api("PUT", "/settings/logo", files={"file": (name, material, "image/svg+xml")})


def stored(api: Api, content: bytes | str) -> Any:
    response = put(api, content)
    assert response.status_code == 200, response.text
    return response.json()["layout"]["logo"]


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (PLAIN, "svg"),
        (picture("PNG"), "png"),
        (picture("PNG", mode="P"), "png"),
        (picture("JPEG"), "png"),
        (picture("JPEG", mode="CMYK"), "png"),
        (picture("PNG", (4000, 40)), "png"),
    ],
    ids=("svg", "png", "palette", "jpeg", "cmyk", "wide"),
)
def test_a_logo_is_taken_printed_and_taken_off(api: Api, content: bytes | str, format: str) -> None:
    draft = invoice(api)
    path = f"/documents/{draft['id']}/pdf"
    bare = api("GET", path).content
    assert stored(api, content)["format"] == format
    for theme in ("modern", "classic"):
        api.ok("PATCH", "/settings", {"layout": {"theme": theme}})
        shown = api("GET", path)
        assert shown.status_code == 200
        assert shown.content != bare
    assert api.ok("GET", "/settings")["layout"]["logo"]["bytes"] > 0
    api.ok("DELETE", "/settings/logo", status=204)
    api.ok("PATCH", "/settings", {"layout": {"theme": "modern"}})
    assert api.ok("GET", "/settings")["layout"]["logo"] is None
    assert api("GET", path).content == bare


def test_a_final_document_keeps_the_logo_it_was_made_with(api: Api) -> None:
    stored(api, PLAIN)
    final = invoice(api, finalized=True, exportType="factur-x")
    other = picture()
    stored(api, other)
    kept = api("GET", f"/documents/{final['id']}/preview").content
    api.ok("DELETE", "/settings/logo", status=204)
    assert api("GET", f"/documents/{final['id']}/preview").content == kept
    assert api("GET", f"/documents/{final['id']}/pdf").status_code == 200


@pytest.mark.parametrize("size", [(1200, 800), (2000, 200)])
def test_a_photograph_leaves_documents_small(api: Api, size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, "JPEG", quality=20)
    assert stored(api, out.getvalue())["bytes"] <= 30_000
    final = invoice(api, finalized=True, exportType="factur-x")
    assert len(api("GET", f"/documents/{final['id']}/pdf").content) < 100_000


def test_the_same_file_is_the_same_logo(api: Api) -> None:
    assert stored(api, PLAIN) == stored(api, PLAIN.replace("<path", "<!-- x --><path"))


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image xlink:href="http://foreign.example/x.png" width="1" height="1"/>',
        '<image href="data:image/png;base64,AAAA" width="1" height="1"/>',
        "<text>Nordlicht</text>",
        '<use xlink:href="#a"/>',
        "<foreignObject><b/></foreignObject>",
        '<rect width="1" height="1" fill="url(http://foreign.example/#a)"/>',
        '<rect width="1" height="1" style="fill:url(//foreign.example/#a)"/>',
        '<rect width="1" height="1" style="fill:u\\72l(x)"/>',
        '<linearGradient id="a" xlink:href="http://foreign.example/#b"/>',
        '<style>@import url("http://foreign.example/x.css");</style>',
        "<style>rect{fill:red}</style>",
        '<svg><path d="M0 0"/></svg>',
        '<filter id="f"/>',
        '<clipPath id="a"><g clip-path="url(#a)"/></clipPath>',
        '<clipPath id="a" style="clip-path:url(#a)"/>',
        "&undefined;",
        "<path d='M0 0'",
        "<g/>" * 5001,
        "<g>" * 300 + "</g>" * 300,
    ],
)
def test_an_svg_that_is_more_than_shapes_is_refused(api: Api, inside: str) -> None:
    refused = put(api, f'{HEAD} viewBox="0 0 40 20">{inside}</svg>')
    assert refused.status_code == 400, refused.text
    assert api.ok("GET", "/settings")["layout"]["logo"] is None


NO_PICTURES: dict[str, bytes | str] = {
    "nothing": "",
    "a word": "logo",
    "no size": f"{HEAD}/>",
    "no width": f'{HEAD} viewBox="0 0 0 20"/>',
    "an odd size": f'{HEAD} viewBox="0 0 1e9 20"/>',
    "an entity": '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + PLAIN,
    "an entity in UTF-16": ('<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + PLAIN).encode("utf-16"),
    "a foreign definition": '<!DOCTYPE svg SYSTEM "http://foreign.example/x.dtd">' + PLAIN,
    "a web page": "<html/>",
    "half a head": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "half a picture": picture()[:-60],
    "no photograph": b"\xff\xd8\xff\xe0" + b"\0" * 100,
    "another format": picture("GIF", mode="L"),
    "too many pixels": picture(size=(6000, 6000), mode="L"),
}


def test_what_breaks_the_typesetter_breaks_no_document(api: Api) -> None:
    huge = '<path d="M1e38 1e38L-1e38 1e38z" stroke="red" stroke-width="1e38"/>'
    refused = put(api, f'{HEAD} viewBox="0 0 40 20">{huge}</svg>')
    assert refused.status_code == 400
    final = invoice(api, finalized=True)
    assert api("GET", f"/documents/{final['id']}/pdf").status_code == 200


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused(api: Api, content: bytes | str) -> None:
    refused = put(api, content)
    assert refused.status_code == 400, refused.text
    assert "file" in refused.json()["error"] or "logo" in refused.json()["error"].lower()


def test_nothing_but_shapes_and_colours_is_kept(api: Api) -> None:
    content = (
        f'<?xml version="1.0"?>{HEAD} xmlns:i="http://drawing.example/" viewBox="0,0 40 20"'
        ' onload="x()"><title>T</title><metadata><i:x/></metadata><i:view zoom="2"/>'
        "<style>/* c */ .a , .b { fill : #123456 ; font-family: X }</style>"
        '<g class="a" onclick="x()" i:label="Layer" data-name="y" stroke="red"'
        ' style="stroke-width:2;cursor:help"><circle id="c" r="2" cx="3" cy="4"/></g></svg>'
    )
    clean = (
        f'{HEAD} viewBox="0 0 40 20"><g stroke="red" fill="#123456" stroke-width="2">'
        '<circle id="c" r="2" cx="3" cy="4"/></g></svg>'
    )
    assert stored(api, content) == stored(api, clean)


def test_a_file_that_is_too_large_is_413(api: Api) -> None:
    assert put(api, b"\x89PNG\r\n\x1a\n" + b"\0" * 1024 * 1024).status_code == 413
    assert put(api, b" " * (2 * 1024 * 1024)).status_code == 413


def test_a_logo_comes_as_a_file(api: Api) -> None:
    assert api("PUT", "/settings/logo", PLAIN.encode()).status_code == 400
    assert api("PUT", "/settings/logo", files={"logo": ("x.svg", b"", "")}).status_code == 400
