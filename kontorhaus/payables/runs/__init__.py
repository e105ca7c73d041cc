"""Payment runs: chosen invoices, four eyes, and the SEPA file for the bank."""
