"""The seller's own profile."""
