"""Payment runs over HTTP."""
