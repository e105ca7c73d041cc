"""The pages about third-party apps: the question of an app, and what has access."""
