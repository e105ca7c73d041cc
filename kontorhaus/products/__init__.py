"""Products: what a company sells again and again, copied into the lines of its documents."""
