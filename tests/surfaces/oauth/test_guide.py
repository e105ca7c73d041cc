"""The guide's commands and its program do what it says."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.surfaces.oauth.world import Browser, Company, Registered, World

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "third-party-apps.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_the_commands_walk_the_whole_way(world: World, company: Company, browser: Browser) -> None:
    known = {"KONTORHAUS": world.base_url, "KEY": company.key, "PATH": os.environ["PATH"]}

    def run(command: str) -> str:
        script = f'set -eu\n{command}\nprintf "\\n%s" "${{VERIFIER:-}}"'
        done = subprocess.run(
            ["bash", "-c", script], env=known, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stderr
        said, _, known["VERIFIER"] = done.stdout.rpartition("\n")
        return said

    def told(command: str) -> Any:
        found = json.loads(run(command))
        if isinstance(found, dict):
            known.update({name.upper(): text for name, text in found.items() if text is not None
                          and isinstance(text, str)})  # fmt: skip
        return found

    register, ask, exchange, use, refresh, introspect, revoke, itself = blocks("bash")
    assert told(register)["client_name"] == "Lotsenkasse"
    back = browser.answer(dict(httpx.URL(run(ask).strip()).params)).headers["location"]
    assert httpx.URL(back).params["state"] == "xyz"
    known["CODE"] = httpx.URL(back).params["code"]
    assert told(exchange)["expires_in"] == 1800
    assert told(use)["results"] == []
    assert told(refresh)["scope"] == "documents:read"
    assert told(introspect)["active"] is True
    assert told(revoke) == {}
    assert told(introspect) == {"active": False}
    assert told(itself)["scope"] == "contacts:read documents:read"


def test_the_program_reads_documents(world: World, browser: Browser, app: Registered) -> None:
    (program,) = blocks("python")
    names: dict[str, Any] = {
        "KONTORHAUS": world.base_url,
        "CLIENT_ID": app.client_id,
        "CLIENT_SECRET": app.client_secret,
        "ask": lambda link: browser.answer(dict(httpx.URL(link).params)).headers["location"],
        "secrets": secrets,
    }
    exec(compile(program, str(GUIDE), "exec"), names)
    assert names["documents"]["results"] == []
    names["client"].close()
