"""Kontorhaus: the back office of a German business in one program."""

__version__ = "0.1.0"
