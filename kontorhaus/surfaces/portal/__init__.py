"""The portal API: a customer's own invoices."""
