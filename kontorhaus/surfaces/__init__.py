"""The five public APIs and the web pages; each one only translates."""
