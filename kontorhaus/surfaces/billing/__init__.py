"""The billing API: invoices, contacts and products over HTTP."""
