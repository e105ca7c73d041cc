"""Billing addresses: where the bills of organizations go."""
