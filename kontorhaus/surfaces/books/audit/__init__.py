"""The audit trail of the books surface."""
