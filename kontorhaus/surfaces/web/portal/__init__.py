"""The pages on which customers see and pay their invoices."""
