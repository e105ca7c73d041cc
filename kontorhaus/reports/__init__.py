"""Trial balance, profit and loss, balance sheet, VAT return, DATEV; read-only."""
