"""One customer's invoices: what the customer sees, pays by credit and takes home."""
