"""Periods and their locks over HTTP."""
