"""Outgoing invoices as claims, however they were issued; dunning."""
