"""Tokens for keys and people."""
