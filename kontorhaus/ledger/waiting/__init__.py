"""Tax that waits for payment (§ 20 UStG): where it stands, and what settlements release."""
