"""The pages of customers as their seller sees them."""
