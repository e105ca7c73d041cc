"""Mailing: documents sent to their recipients by e-mail, and what became of each mail."""
