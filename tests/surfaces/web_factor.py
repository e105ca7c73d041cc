"""An app for one-time codes, and what the pages of the second factor show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp

STEP = re.compile(r'name="step" value="([0-9a-f]+)"')
KEY = re.compile(r'aria-labelledby="key-label">([A-Z2-7 ]+)<')
RECOVERY_CODE = re.compile(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>")


@dataclass(frozen=True)
class App:
    """An app that took a key in."""

    key: str

    @classmethod
    def taken_from(cls, page: str) -> App:
        """The app after the key was typed."""
        shown = KEY.search(page)
        assert shown, page
        return cls(shown[1].replace(" ", ""))

    def code(self, at: datetime) -> str:
        """What it shows at an instant."""
        return pyotp.TOTP(self.key).at(at)


def codes(answer: Any) -> list[str]:
    """The recovery codes that a page shows."""
    found = RECOVERY_CODE.findall(answer.text)
    assert len(found) == 10, answer.text
    return found
