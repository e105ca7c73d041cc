"""Members of organizations: who is invited, with which role, and who leaves."""
