"""Tax codes and settings over HTTP."""
