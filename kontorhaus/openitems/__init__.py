"""Claims and debts: what was owed, what settled it, what remains."""
