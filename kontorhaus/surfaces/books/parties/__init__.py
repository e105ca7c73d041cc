"""Customers and vendors over HTTP."""
