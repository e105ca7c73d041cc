"""Sessions, passwords and messages over HTTP."""
