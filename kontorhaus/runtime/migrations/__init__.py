"""Numbered SQL files, applied in their order under one advisory lock."""
