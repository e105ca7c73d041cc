"""Taking back a final invoice by a document of its own (Stornorechnung)."""
