"""The audit trail as people read it: searched page by page, and exported."""
