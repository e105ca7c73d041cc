"""OAuth2 for third-party applications."""
