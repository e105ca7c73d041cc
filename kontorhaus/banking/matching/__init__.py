"""Which transaction settles what: found, made, taken back."""
