"""Bank accounts, statements, matching, reconciliation and its undoing."""
