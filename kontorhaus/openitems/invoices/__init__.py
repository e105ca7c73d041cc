"""Invoices as claims on customers and debts to vendors: entered, booked, what is left of them."""
