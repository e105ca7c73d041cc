"""Customers' credit over HTTP, as the seller sees it."""
