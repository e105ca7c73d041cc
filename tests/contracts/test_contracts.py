"""What an API has promised it keeps: fields, types, query parameters and status codes."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kontorhaus.app import asgi
from tests.contracts import check_contracts
from tests.contracts.field_types import TypeChecker

CONTRACTS = {contract["surface"]: contract for contract in check_contracts.load_contracts()}
DONE: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "done.yaml").read_text("utf-8")
)


@cache
def api_of(surface: str) -> check_contracts.OpenApi:
    """The published document of a surface; an empty one where nothing serves it."""
    document = next((one.document() for one in asgi.SURFACES if one.name == surface), {})
    return check_contracts.OpenApi(document, CONTRACTS[surface]["base"])


@cache
def entries_of(surface: str) -> dict[str, dict[str, Any]]:
    """Contract entries by "METHOD path"."""
    every = check_contracts.operations(CONTRACTS[surface])
    return {f"{method} {path}": spec for method, path, spec in every}


def defects(surface: str, name: str) -> list[str]:
    """All that an operation lacks of its contract."""
    contract, api, spec = CONTRACTS[surface], api_of(surface), entries_of(surface)[name]
    method, path = name.split(" ", 1)
    found: list[str] = []
    check_contracts.Checker(contract, api, found.append).check(method, path, spec)
    operation = api.operations.get((method, check_contracts.positional(path)))
    if operation is not None:
        found += TypeChecker(contract, api).check(operation, spec)
    return found


@pytest.mark.parametrize(
    ("surface", "name"),
    [(surface, name) for surface, names in DONE.items() for name in names],
)
def test_an_operation_that_is_done_keeps_its_contract(surface: str, name: str) -> None:
    assert defects(surface, name) == []


@pytest.mark.parametrize("surface", sorted(CONTRACTS))
def test_what_is_done_is_known_to_the_contract_and_listed_once(surface: str) -> None:
    listed = DONE[surface]
    assert set(listed) <= set(entries_of(surface))
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("surface", sorted(CONTRACTS))
def test_what_is_whole_is_listed_as_done(surface: str) -> None:
    unlisted = [name for name in entries_of(surface) if name not in DONE[surface]]
    whole = [name for name in unlisted if not defects(surface, name)]
    if whole:
        warnings.warn(f"{surface}: could be listed as done: {', '.join(whole)}", stacklevel=1)
