"""The settings page of API keys."""
