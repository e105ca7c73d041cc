"""Key pairs: what programs of an organization call the management API with."""
