"""One party per business partner; customer and vendor are roles of it."""
