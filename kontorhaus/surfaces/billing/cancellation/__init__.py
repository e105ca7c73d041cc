"""Cancelling a final invoice."""
