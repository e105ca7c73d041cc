"""Requests made from the published documents, sent to a running server."""
