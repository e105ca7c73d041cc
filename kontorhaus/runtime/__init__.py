"""The outside world: database, transaction, clock, ids, jobs, blobs, mail, workshop, settings."""
