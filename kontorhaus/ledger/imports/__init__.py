"""Imports: many bookings as one job, all or none of them or each by itself."""
