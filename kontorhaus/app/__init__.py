"""The only place that wires: ASGI application, worker, command line, settings."""
