"""Documents that we issue: numbers, totals, e-invoice XML, PDF, cancellation, products."""
