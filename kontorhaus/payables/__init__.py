"""Incoming invoices as debts, payment runs and SEPA files."""
