"""Runs: many documents as one job, each row by itself, none of them twice."""
