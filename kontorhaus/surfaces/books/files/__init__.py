"""Stored documents over HTTP."""
