"""The books as DATEV files: rows, master data, and what a person reads before."""
