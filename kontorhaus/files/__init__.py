"""Content-addressed uploads, their previews and how long the law makes us keep them."""
