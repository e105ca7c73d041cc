"""Billing addresses over HTTP."""
