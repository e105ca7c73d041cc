"""A person's own sign-in on the web: password, second factor, open sessions."""
