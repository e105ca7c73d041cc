"""Bank statements in CAMT, read by local names whatever the version."""
