"""Finding a text in the journal without reading all of it."""
