"""Signed tokens: the server's keys and what a token may claim."""
