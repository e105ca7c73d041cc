"""Turns a template and its values into a page: one Jinja environment per language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.numbers import get_currency_symbol
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kontorhaus.kernel import iban
from kontorhaus.kernel.money import Money, total
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import assets
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.language import Language, language
from kontorhaus.surfaces.web.views import shell
from kontorhaus.surfaces.web.views.shell import Visit

_TEMPLATES = Path(__file__).parent / "templates"
_FILTERS = (
    *("amount", "signed", "money", "price", "number", "instant", "minute"),
    *("day", "day_short", "day_long", "day_full", "month", "month_short"),
)


def response(visit: Visit, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page as an answer; private, so that nobody keeps it."""
    return HTMLResponse(
        html(visit, template, **values), status, headers={"Cache-Control": "no-store"}
    )


def framed(
    desk: Desk, template: str, build: Callable[[Work], object], *, status: int = 200
) -> HTMLResponse:
    """A page of somebody signed in: what `build` finds, in the frame."""
    with desk.reading() as work:
        values = build(work)
        frame = shell.build(work, desk.principal, desk.places)
    return response(desk.visit, template, status=status, shell=frame, page=values)


def html(visit: Visit, template: str, **values: object) -> str:
    """The page as text."""
    page = _environment(visit.language.code).get_template(template)
    return page.render(visit=visit, **values)


@cache
def _environment(code: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    speech: Language = language(code)
    environment.extend(newstyle_gettext=True)
    vars(environment)["install_gettext_translations"](speech.translations, newstyle=True)
    environment.filters.update({name: getattr(speech, name) for name in _FILTERS})
    environment.filters.update(
        symbol=lambda currency: get_currency_symbol(currency, speech.locale),
        iban=iban.grouped,
        cents=Money,
        sum_money=total,
    )
    environment.globals.update(icon=_icon, asset=_asset, has_vendor=_has_vendor)
    return environment


def _asset(name: str) -> str:
    """Where an own file is served; KeyError for one that does not exist."""
    assert name in assets.own_files(), name
    return f"/static/{assets.version()}/{name}"


def _icon(name: str) -> Markup:
    """A picture of the sprite, for the eye only."""
    return Markup('<svg class="ico" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        _asset("icons.svg"), name
    )


def _has_vendor(name: str) -> bool:
    return assets.vendor_file(name) is not None
