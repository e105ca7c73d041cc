"""Logins of people: passwords, sessions, one-time links."""
