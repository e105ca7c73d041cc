"""What seller and buyer agreed on: references, delivery, payment, enclosures."""
