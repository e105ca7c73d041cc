"""What a line of a document is for, in words that customers' programs know."""
