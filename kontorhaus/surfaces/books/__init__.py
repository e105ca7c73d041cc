"""The books API: double-entry bookkeeping over HTTP."""
