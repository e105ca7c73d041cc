"""Who may do what: organizations, TEST and LIVE tenants, users, roles, API keys, tokens."""
