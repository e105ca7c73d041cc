"""Posting periods: soft lock, lock by four eyes, and the closings that seal them."""
