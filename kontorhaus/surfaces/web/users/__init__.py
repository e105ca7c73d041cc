"""The settings page of users."""
