"""Third-party apps: who they are, what people granted them, and the tokens for it (OAuth 2)."""
