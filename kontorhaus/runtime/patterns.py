"""Patterns of SQL's `like` that hold a text from outside."""

from __future__ import annotations


def literal(text: str) -> str:
    """A text as it stands in a pattern: its own signs mean nothing there."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def beginning_with(text: str) -> str:
    """The pattern of everything that begins with a text."""
    return f"{literal(text)}%"


def containing(text: str) -> str:
    """The pattern of everything that holds a text."""
    return f"%{literal(text)}%"
