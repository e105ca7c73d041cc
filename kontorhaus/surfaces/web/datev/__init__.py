"""The page of the DATEV export."""
