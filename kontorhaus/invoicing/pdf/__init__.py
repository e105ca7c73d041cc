"""Commercial documents as PDF/A-3b by typst, with the GiroCode and the embedded e-invoice."""
