"""Accounts, bookings and the journal over HTTP."""
