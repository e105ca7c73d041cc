"""Issued invoices as claims in the ledger, and payments that users declare."""
