"""The demo: two invented companies with twelve months of books, the same on every run."""
