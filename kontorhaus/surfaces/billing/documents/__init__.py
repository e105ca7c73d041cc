"""Invoices and the other documents."""
