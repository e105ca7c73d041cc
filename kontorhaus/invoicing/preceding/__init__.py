"""Invoices that another one refers to: deducted down payments, what is credited or corrected."""
