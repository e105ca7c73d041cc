"""Outgoing and incoming invoices and what is open on them, over HTTP."""
