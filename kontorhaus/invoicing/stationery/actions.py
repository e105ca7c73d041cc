"""Changing the letter paper; final documents keep what they were made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

from kontorhaus.invoicing.stationery import rules, store
from kontorhaus.invoicing.stationery.model import Logo, Stationery
from kontorhaus.runtime.work import Json, Work


def change(work: Work, *, changed: Callable[[Stationery], Stationery]) -> Stationery:
    """The letter paper after a change; Invalid("stationery") names the field."""
    store.hold(work)
    before = store.found(work)
    after = changed(before)
    if after == before:
        return before
    rules.check(after)
    store.save(work, paper=after)
    work.record(
        "invoicing.stationery_changed",
        subject="organization",
        subject_id=work.tenant_id,
        details=_difference(before, after),
    )
    return after


def change_logo(work: Work, *, logo: Logo | None) -> Stationery:
    """The letter paper with another picture, or with none."""
    if logo is not None:
        store.keep_logo(work, logo=logo)
    return change(work, changed=lambda paper: replace(paper, brand=replace(paper.brand, logo=logo)))


def _difference(before: Stationery, after: Stationery) -> dict[str, Json]:
    old, new = _said(before), _said(after)
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def _said(paper: Stationery) -> dict[str, str]:
    """The letter paper as texts; the picture by its name."""
    values = asdict(paper)
    brand = values.pop("brand")
    brand["logo"] = paper.brand.logo.sha256 if paper.brand.logo else ""
    return {name: str(value) for name, value in {**values, **brand}.items()}
