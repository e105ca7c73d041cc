"""Changing the letter paper; final documents keep what they were made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from kontorhaus.invoicing.stationery import rules, store
from kontorhaus.invoicing.stationery.model import Logo, Stationery
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Work


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
        details=changes.between(_said(before), _said(after)),
    )
    return after


def change_logo(work: Work, *, logo: Logo | None) -> Stationery:
    """The letter paper with another picture, or with none."""
    if logo is not None:
        store.keep_logo(work, logo=logo)
    return change(work, changed=lambda paper: replace(paper, brand=replace(paper.brand, logo=logo)))


def _said(paper: Stationery) -> dict[str, object]:
    """What the letter paper says, in one row; the picture by its name."""
    logo = paper.brand.logo.sha256 if paper.brand.logo else None
    said = {each.name: getattr(paper, each.name) for each in fields(paper) if each.name != "brand"}
    brand = {each.name: getattr(paper.brand, each.name) for each in fields(paper.brand)}
    return said | brand | {"logo": logo}
