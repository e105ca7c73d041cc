"""Customers' credit: a liability to each customer that may pay its invoices."""
