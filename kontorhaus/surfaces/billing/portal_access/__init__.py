"""The access to the portal that a seller gives its customers."""
