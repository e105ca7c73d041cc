"""What a document becomes: its letter, its PDF, its XML."""
