"""What is inside a foreign PDF or picture decides whether it may go along with a document."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image

from kontorhaus.invoicing.agreement import inspection, media
from kontorhaus.kernel.errors import Invalid


def pdf(change: Callable[[pikepdf.Pdf], object] = lambda made: None, **how: object) -> bytes:
    """A PDF of one page, after a change."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page()
        page.Contents = made.make_stream(b"0 0 m 9 9 l S")
        change(made)
        made.save(out, **how)
    return out.getvalue()


def picture(form: str, width: int = 8, height: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("1" if width > 8 else "RGB", (width, height)).save(out, form)
    return out.getvalue()


def opens(action: Dictionary) -> Callable[[pikepdf.Pdf], object]:
    return lambda made: made.Root.__setattr__("OpenAction", action)


def carries(name: str, content: bytes) -> Callable[[pikepdf.Pdf], object]:
    def change(made: pikepdf.Pdf) -> None:
        made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)

    return change


def nested(levels: int) -> bytes:
    made = pdf()
    for _ in range(levels):
        made = pdf(carries("inner.pdf", made))
    return made


def on_page(made: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.Launch, F=pikepdf.String("cmd.exe"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
    made.pages[0].Annots = Array([link])


def on_closing(made: pikepdf.Pdf) -> None:
    script = made.make_indirect(Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)")))
    made.Root.AA = Dictionary(WC=script)


def with_form_script(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array(), XFA=made.make_stream(b"<xdp/>"))


JAVASCRIPT = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
LOCKED = pikepdf.Encryption(owner="o", user="u")
OWNED = pikepdf.Encryption(owner="o", user="")


@pytest.mark.parametrize(
    ("media_type", "content", "words"),
    [
        (media.PDF, b"%PDF-1.4", "damaged"),
        (media.PDF, pdf()[:-200], "damaged"),
        (media.PDF, pdf(lambda made: made.pages.__delitem__(0)), "damaged"),
        (media.PDF, pdf(encryption=LOCKED), "encrypted"),
        (media.PDF, pdf(encryption=OWNED), "encrypted"),
        (media.PDF, pdf(opens(JAVASCRIPT)), "script"),
        (media.PDF, pdf(opens(Dictionary(S=Name.Launch))), "script"),
        (media.PDF, pdf(opens(Dictionary(S=Name.SubmitForm))), "script"),
        (media.PDF, pdf(on_page), "script"),
        (media.PDF, pdf(on_page, object_stream_mode=pikepdf.ObjectStreamMode.generate), "script"),
        (media.PDF, pdf(on_closing), "script"),
        (media.PDF, pdf(with_form_script), "script"),
        (media.PDF, pdf(carries("run.exe", b"MZ\x90\x00")), "carries"),
        (media.PDF, pdf(carries("harmless.pdf", b"MZ\x90\x00")), "carries"),
        (media.PDF, pdf(carries("harmless.xml", b"\x7fELF\x02\x01")), "carries"),
        (media.PDF, pdf(carries("run.js", b"alert(1)")), "carries"),
        (media.PDF, pdf(carries("inner.pdf", pdf(on_page))), "script"),
        (media.PDF, nested(4), "carries"),
        (media.PNG, picture("PNG")[:-20], "damaged"),
        (media.JPEG, picture("JPEG")[:-60], "damaged"),
        (media.PNG, picture("JPEG"), "damaged"),
        (media.PNG, picture("PNG", 10_000, 5_001), "pixels"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_with_its_remedy(media_type, content, words):
    with pytest.raises(Invalid, match=f"{words}.*: [a-z]") as refusal:
        inspection.check(media_type, content)
    assert refusal.value.code == "attachment"


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (media.PDF, pdf()),
        (media.PDF, pdf(linearize=True)),
        (media.PDF, pdf(carries("factur-x.xml", b"<a/>"))),
        (media.PDF, pdf(carries("Stunden März (1).csv", b"a;b"))),
        (media.PDF, nested(2)),
        (media.PNG, picture("PNG")),
        (media.JPEG, picture("JPEG")),
        (media.CSV, b"a;b"),
    ],
)
def test_a_quiet_file_passes(media_type, content):
    inspection.check(media_type, content)


QUIET = pdf(carries("a.xml", b"<a/>"))


@given(start=st.integers(0, len(QUIET)), put=st.binary(max_size=20), cut=st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_a_changed_pdf_is_accepted_or_refused_but_nothing_else(start, put, cut):
    with contextlib.suppress(Invalid):
        inspection.check(media.PDF, QUIET[:start] + put + QUIET[start + cut :])
