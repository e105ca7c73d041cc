"""The house's own tools: checks, offline verification, the referee, browser libraries."""
