"""Requests made from the published documents: none is answered otherwise than the document says.

One short run with a seed that stays; `make fuzz` runs long ones with random seeds.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kontorhaus.app import asgi
from kontorhaus.identity.model import TenantSettings
from kontorhaus.ledger import founding
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from tests.conftest import PROFILE
from tests.contracts.credentials import Keys
from tests.surfaces import tenants
from tests.surfaces.serving import serving

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).parent / "fuzzing" / "schemathesis.toml"
# Random starts and requests for each operation of a long run, as "5x100".
STARTS, EXAMPLES = map(int, os.environ.get("KONTORHAUS_FUZZ", "0x5").split("x"))
SEEDS = [random.randrange(2**32) for _ in range(STARTS)] or [20261]
PHASES = "examples,coverage,fuzzing,stateful" if STARTS else "examples,fuzzing,stateful"


@pytest.fixture(scope="module")
def base_url(resources: Resources) -> Iterator[str]:
    with serving(asgi.create_app(resources)) as url:
        yield url


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    with tenants.furnished(database, tmp_path_factory.mktemp("home")) as resources:
        yield resources


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"seed-{seed}")
@pytest.mark.parametrize("surface", asgi.SURFACES, ids=lambda surface: surface.name)
def test_every_answer_is_as_its_document_says(
    resources: Resources, base_url: str, surface: Any, seed: int
) -> None:
    founded = founding.found(resources.database, profile=PROFILE, settings=TenantSettings())
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    authorization = Keys(resources, base_url, caller).authorization(surface.name)
    run = subprocess.run(
        [
            *(Path(sys.executable).with_name("st"), "--config-file", SETTINGS, "run"),
            *(f"{base_url}{surface.base}/openapi.json", "--origin", base_url),
            *("-H", f"Authorization: {authorization}", "--checks", "all", "--continue-on-failure"),
            *("--phases", PHASES, "--max-examples", str(EXAMPLES), "--seed", str(seed)),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
