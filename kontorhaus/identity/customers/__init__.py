"""Customers: how a seller's customers come in to see their invoices, by token or mailed link."""
