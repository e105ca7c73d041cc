"""How documents are numbered, worded, laid out and sent."""
