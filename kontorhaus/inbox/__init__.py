"""Incoming documents: intake, reading, compliance checks, review cases."""
