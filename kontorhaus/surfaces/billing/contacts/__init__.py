"""The people that documents are written to."""
