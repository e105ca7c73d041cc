"""The page that sends an invoice by e-mail."""
