"""What the pages show: frozen values, built from the queries of the domains."""
