"""Electronic invoices: one EN 16931 model, its UBL and CII writers, its rules."""
