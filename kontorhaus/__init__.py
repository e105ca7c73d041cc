"""Kontorhaus: the back office of a German business in one program."""
