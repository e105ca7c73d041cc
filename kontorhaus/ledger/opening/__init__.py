"""Opening balances: the first entries of a ledger."""
