"""The management API: organizations, keys, users, environments."""
