"""From one document to the next."""
