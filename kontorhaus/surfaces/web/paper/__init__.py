"""The pages of the letter paper: numbers and texts, layout, e-mail."""
