"""What is sold again and again."""
