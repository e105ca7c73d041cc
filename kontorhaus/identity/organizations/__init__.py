"""Organizations as whoever manages them sees them, one or many."""
