"""The keys of a company's programs: made within one's own role, switched off, deleted."""
