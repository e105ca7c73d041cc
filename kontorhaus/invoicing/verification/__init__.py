"""That what was issued is complete and unchanged."""
