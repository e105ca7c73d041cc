"""Many bookings at once over HTTP, as a job."""
