"""Bank accounts, their lines and what they are matched with, over HTTP."""
