"""A foreign SVG, written anew with plain shapes only: nothing that loads, runs, or needs a font."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from lxml import etree

from kontorhaus.kernel.errors import Invalid

WIDEST = 7
MOST_ELEMENTS = 5000

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_SHAPES = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs"}
    | {"linearGradient", "radialGradient", "stop", "clipPath"}
)
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_SILENT = frozenset({"title", "desc", "metadata", "style"})
_PAINT = frozenset(
    {"fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap"}
    | {"stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset"}
    | {"stroke-opacity", "opacity", "clip-path", "clip-rule", "stop-color", "stop-opacity"}
    | {"color", "display", "visibility"}
)
_PLACE = frozenset(
    {"id", "transform", "d", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r", "fx", "fy"}
    | {"fr", "x1", "y1", "x2", "y2", "points", "offset", "gradientUnits", "gradientTransform"}
    | {"spreadMethod", "clipPathUnits"}
)
_PLAIN = re.compile(r"[\w\s.,%#()+\-]*", re.ASCII)
_OWN = re.compile(r"url\(\s*['\"]?(#[\w\-]+)['\"]?\s*\)", re.ASCII)
_INSIDE = re.compile(r"#[\w\-]+", re.ASCII)
_CLASS_RULES = re.compile(r"((?:\.[\w\-]+\s*,?\s*)+)\{([^{}]*)\}", re.ASCII)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px|pt|mm)?\s*", re.ASCII)


def rewritten(content: bytes) -> bytes:
    """The picture with its shapes and colours; Invalid("logo") for one that needs more."""
    root = _parsed(content)
    if root.tag != f"{{{_SVG}}}svg":
        raise _refused("This is no SVG picture.")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _refused(f"An SVG logo has at most {MOST_ELEMENTS} elements.")
    classes = _class_rules(root)
    copy = etree.fromstring(f'<svg xmlns="{_SVG}"/>')
    copy.set("viewBox", _view_box(root))
    for name, value in _attributes(root, classes, _PAINT):
        copy.set(name, value)
    _copy_children(root, copy, classes)
    etree.cleanup_namespaces(copy)
    return etree.tostring(copy, encoding="utf-8")


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refused("This is no well-formed SVG picture.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused("An SVG logo has no document type: save it as plain SVG.")
    return root


def _copy_children(
    source: etree._Element, copy: etree._Element, classes: Mapping[str, Mapping[str, str]]
) -> None:
    for element in source:
        name = etree.QName(element)
        if name.namespace != _SVG or name.localname in _SILENT:
            continue
        if name.localname not in _SHAPES - {"svg"}:
            raise _refused(
                f"An SVG logo holds plain shapes, no <{name.localname}>: convert texts and effects"
                " into paths, or save it as PNG."
            )
        child = etree.SubElement(copy, f"{{{_SVG}}}{name.localname}")
        for key, value in _attributes(element, classes, _PAINT | _PLACE):
            child.set(key, value)
        if "clip-path" in child.attrib and _is_clip(child):
            # each level could double the work of drawing it
            raise _refused("A clip path of an SVG logo is not clipped itself.")
        if name.localname in _GRADIENTS and (link := _link(element)):
            child.set(_LINK, link)
        _copy_children(element, child, classes)


def _is_clip(element: etree._Element) -> bool:
    """Whether it is a clip path, or a part of one."""
    clip = f"{{{_SVG}}}clipPath"
    return element.tag == clip or any(True for _ in element.iterancestors(clip))


def _attributes(
    element: etree._Element, classes: Mapping[str, Mapping[str, str]], known: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """What it says of place and paint; a class goes before an attribute, its own style first."""
    said = {str(name): str(value) for name, value in element.attrib.items()}
    for name in said.pop("class", "").split():
        said |= classes.get(name, {})
    said |= _declarations(said.pop("style", ""))
    for name, value in said.items():
        if name in known:
            yield name, _checked(value)


def _declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in _PAINT}


def _checked(value: str) -> str:
    if not _PLAIN.fullmatch(_OWN.sub("", value)) or "url" in _OWN.sub("", value).lower():
        raise _refused(f"An SVG logo names nothing outside of it: {value[:40]!r}.")
    return _OWN.sub(lambda found: f"url({found[1]})", value)


def _link(element: etree._Element) -> str:
    value = str(element.get(_LINK) or element.get("href") or "")
    if value and not _INSIDE.fullmatch(value):
        raise _refused(f"An SVG logo names nothing outside of it: {value[:40]!r}.")
    return value


def _class_rules(root: etree._Element) -> dict[str, dict[str, str]]:
    """The simple style sheet that drawing programs write: rules for classes, and no others."""
    rules: dict[str, dict[str, str]] = {}
    for sheet in root.iter(f"{{{_SVG}}}style"):
        text = _COMMENT.sub("", sheet.text or "")
        if _CLASS_RULES.sub("", text).strip():
            raise _refused("Save the SVG with presentation attributes instead of a style sheet.")
        for names, body in _CLASS_RULES.findall(text):
            for name in re.findall(r"\.([\w\-]+)", names):
                rules.setdefault(name, {}).update(_declarations(body))
    return rules


def _view_box(root: etree._Element) -> str:
    """The part that is shown; a very wide picture gets room above and below."""
    parts = str(root.get("viewBox") or "").replace(",", " ").split()
    if not parts:
        lengths = [_LENGTH.fullmatch(str(root.get(name) or "")) for name in ("width", "height")]
        parts = ["0", "0", *(length[1] if length else "" for length in lengths)]
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise _refused("An SVG logo tells its size by viewBox, or by width and height.")
    left, top, width, height = map(Decimal, parts)
    if width <= 0 or height <= 0:
        raise _refused("An SVG logo is wider and higher than 0.")
    room = max(height, width / WIDEST)
    sides = (left, top - (room - height) / 2, width, room)
    return " ".join(f"{round(side, 6):f}" for side in sides)


def _refused(message: str) -> Invalid:
    return Invalid("logo", message, field="file")
