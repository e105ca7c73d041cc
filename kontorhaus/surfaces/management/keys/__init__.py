"""Key pairs over HTTP."""
