"""The keys of programs: made within one's own role, alone or in pairs, switched off, deleted."""
