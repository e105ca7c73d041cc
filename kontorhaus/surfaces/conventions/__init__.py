"""What all surfaces have in common: exact JSON, errors, idempotency, limits, OpenAPI."""
